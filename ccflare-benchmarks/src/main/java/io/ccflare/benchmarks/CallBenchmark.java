package io.ccflare.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.core.Gateway;
import io.ccflare.core.memory.InMemoryAccountStore;
import io.ccflare.httpclient.GatewayHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One whole call through the gateway, with an upstream that answers at once in the same thread: what the engine costs by itself. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode({Mode.AverageTime, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallBenchmark {

    private static final int ACCOUNTS = 3;

    /** Of the request, which asks for a stream only where it is given one. */
    @Param({"1000", "100000"})
    public int size;

    @Param({"json", "sse"})
    public String answer;

    private byte[] body = {};
    private Headers headers = Headers.of();
    private Gateway gateway;
    private GatewayHttpClient client;
    private HttpRequest request;

    @Setup
    public void open() {
        boolean stream = answer.equals("sse");
        String text = new String(MessagesBody.ofSize(size), UTF_8);
        body = (stream ? text : text.replace("\"stream\":true", "\"stream\":false")).getBytes(UTF_8);
        headers = Headers.of(
                "host",
                "127.0.0.1",
                "content-type",
                "application/json",
                "anthropic-version",
                "2023-06-01",
                "x-api-key",
                "caller",
                "accept",
                "*/*",
                "user-agent",
                "benchmark/1");
        Account[] accounts = new Account[ACCOUNTS];
        for (int i = 0; i < ACCOUNTS; i++) {
            accounts[i] = Account.builder("id-" + i, "account-" + i, Credential.apiKey("key-" + i))
                    .build();
        }
        gateway = Gateway.builder(InMemoryAccountStore.of(accounts))
                .transport(new InstantTransport(stream))
                .build();
        client = GatewayHttpClient.builder(gateway).caller("benchmark").build();
        request = HttpRequest.newBuilder(URI.create("http://ccflare.local/v1/messages"))
                .header("content-type", "application/json")
                .header("anthropic-version", "2023-06-01")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    @TearDown
    public void close() {
        gateway.close();
    }

    @Benchmark
    public long call() {
        GatewayResponse response = gateway.handle(GatewayRequest.builder("POST", "/v1/messages")
                        .headers(headers)
                        .body(FixedBody.of(body))
                        .caller("benchmark")
                        .build())
                .getNow(null);
        if (response == null || response.status() != 200) {
            throw new IllegalStateException("not served at once");
        }
        Reader reader = new Reader();
        response.body().subscribe(reader);
        if (!reader.whole) {
            throw new IllegalStateException("the body did not end");
        }
        return reader.bytes;
    }

    /** The same through the JDK's interface, as a library that takes its client calls it. */
    @Benchmark
    public int send() throws IOException, InterruptedException {
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("not served");
        }
        return response.body().length;
    }

    private static final class Reader implements Flow.Subscriber<List<ByteBuffer>> {

        private long bytes;
        private boolean whole;

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> batch) {
            for (ByteBuffer buffer : batch) {
                bytes += buffer.remaining();
            }
        }

        @Override
        public void onError(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onComplete() {
            whole = true;
        }
    }
}
