package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.testkit.Waits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** A host that stops lets what is under way end, takes nothing new, and does not wait for ever. */
interface StopRules extends AdapterHost {

    private static CompletableFuture<Void> closing(Host host) {
        return CompletableFuture.runAsync(() -> {
            try {
                host.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Whether a request of a new connection is not served: refused by system or host, left in the queue, or answered with 503. */
    private static boolean refuses(int port) {
        try (RawClient client = RawClient.hastyTo(port)) {
            client.send("GET /own HTTP/1.1", "Host: test", "Connection: close", "");
            String answer = client.rest();
            return !answer.startsWith("HTTP/1.1 200");
        } catch (IOException refused) {
            return true;
        }
    }

    @Test
    default void streamsThatAreOpenWhenTheHostStopsComeToTheirEnd() throws Exception {
        BlockingQueue<Source> bodies = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            bodies.add(body);
            return Answers.events(body);
        };
        List<RawClient> clients = new ArrayList<>();
        Host host = start(handler);
        int port = host.port();
        try {
            List<Source> open = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                RawClient client = RawClient.to(host);
                clients.add(client);
                client.get("/v1/a").head();
                open.add(Waits.take(bodies, "request " + i).send("before"));
                assertThat(client.chunk()).isEqualTo("before");
            }
            CompletableFuture<Void> closed = closing(host);
            Waits.until(() -> closed.isDone() || refuses(port), "the host to take nothing new");
            for (int event = 0; event < 20; event++) {
                for (int i = 0; i < open.size(); i++) {
                    open.get(i).send("event " + event);
                    assertThat(clients.get(i).chunk()).isEqualTo("event " + event);
                }
            }
            assertThat(closed).as("the host's stop").isNotDone();
            for (int i = 0; i < open.size(); i++) {
                open.get(i).send("last").complete();
                assertThat(clients.get(i).chunks()).isEqualTo("last");
            }
            Waits.get(closed, "the end of the host");
            assertThatThrownBy(() -> RawClient.to(port).close()).isInstanceOf(IOException.class);
        } finally {
            host.close();
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    default void aRequestThatWaitsForItsAnswerWhenTheHostStopsGetsIt() throws Exception {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        BlockingQueue<Sink> uploads = new LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            uploads.add(Sink.of(request));
            return answer;
        };
        Host host = start(handler);
        int port = host.port();
        try (RawClient client = RawClient.to(host)) {
            client.send("POST /v1/a HTTP/1.1", "Host: test", "Content-Length: 10", "")
                    .write("hello");
            Sink upload = Waits.take(uploads, "the request");
            upload.ask(Long.MAX_VALUE);
            assertThat(Waits.take(upload.batches, "the first half")).asString().isEqualTo("hello");
            CompletableFuture<Void> closed = closing(host);
            Waits.until(() -> closed.isDone() || refuses(port), "the host to take nothing new");
            client.write("world");
            assertThat(Waits.get(upload.all, "the whole body")).asString().isEqualTo("helloworld");
            answer.complete(Answers.text("done").join());
            assertThat(client.bodyOfAnswer()).isEqualTo("done");
            Waits.get(closed, "the end of the host");
        } finally {
            host.close();
        }
    }

    @Test
    default void connectionsThatAreIdleDoNotHoldTheStopUp() throws Exception {
        Host host = start(request -> Answers.text("ok"));
        try (RawClient fresh = RawClient.to(host);
                RawClient used = RawClient.to(host)) {
            assertThat(used.get("/v1/a").bodyOfAnswer()).isEqualTo("ok");
            Waits.get(closing(host), "the end of the host");
            assertThat(used.rest()).isIn("", "<reset>");
            assertThat(fresh.rest()).isIn("", "<reset>");
        } finally {
            host.close();
        }
    }

    @Test
    default void aStreamThatNeverEndsIsCutInTheEndAndItsBodyCancelled() throws Exception {
        Source body = new Source();
        Host host = start(request -> Answers.events(body));
        try (RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            body.send("half");
            assertThat(client.chunk()).isEqualTo("half");
            CompletableFuture<Void> closed = closing(host);
            assertThat(client.rest()).isIn((Object[]) BrokenRules.NO_MORE);
            Waits.get(body.cancelled, "the cancellation");
            Waits.get(closed, "the end of the host");
        } finally {
            host.close();
        }
    }
}
