package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.testkit.Waits;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A handler that breaks its own contract harms nobody but the request at hand. */
interface FaultRules extends AdapterHost {

    /** A subscription that does as it is told. */
    private static Flow.Subscription asking(Runnable asked) {
        return new Flow.Subscription() {
            @Override
            public void request(long n) {
                asked.run();
            }

            @Override
            public void cancel() {
                // Nothing is under way.
            }
        };
    }

    private static List<ByteBuffer> batch(String text) {
        return List.of(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static GatewayHandler answering(Flow.Publisher<List<ByteBuffer>> body) {
        return request -> CompletableFuture.completedFuture(Answers.stream(body));
    }

    @SuppressWarnings("NullAway") // What is broken here is that there are nulls.
    private static Map<String, GatewayHandler> brokenBeforeTheFirstByte() {
        RuntimeException secret = new IllegalStateException("secret detail");
        Map<String, GatewayHandler> broken = new LinkedHashMap<>();
        broken.put("throws", request -> {
            throw secret;
        });
        broken.put("throws an error", request -> {
            throw new StackOverflowError("secret detail");
        });
        broken.put("returns null", request -> null);
        broken.put("answers null", request -> CompletableFuture.completedFuture(null));
        broken.put("fails at once", request -> CompletableFuture.failedFuture(secret));
        broken.put(
                "is cancelled", request -> CompletableFuture.failedFuture(new CancellationException("secret detail")));
        broken.put("fails later", request -> {
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            new Thread(() -> answer.completeExceptionally(secret)).start();
            return answer;
        });
        broken.put("throws when subscribed", answering(to -> {
            throw secret;
        }));
        broken.put("fails before it is subscribed", answering(to -> to.onError(secret)));
        broken.put(
                "throws when asked",
                answering(to -> to.onSubscribe(asking(() -> {
                    throw secret;
                }))));
        broken.put("fails when asked", answering(to -> to.onSubscribe(asking(() -> to.onError(secret)))));
        broken.put("hands over null", answering(to -> to.onSubscribe(asking(() -> to.onNext(null)))));
        return broken;
    }

    @Test
    default void aHandlerThatBreaksBeforeTheFirstByteIsA500WithoutATrace() throws Exception {
        for (Map.Entry<String, GatewayHandler> broken :
                brokenBeforeTheFirstByte().entrySet()) {
            try (Host host = start(broken.getValue());
                    RawClient client = RawClient.to(host)) {
                for (int i = 0; i < 2; i++) {
                    assertThat(client.get("/v1/a").head()).as(broken.getKey()).startsWith("HTTP/1.1 500");
                    assertThat(client.lastBody())
                            .contains("\"error\"")
                            .doesNotContain("secret")
                            .doesNotContain("\tat ");
                }
                assertThat(client.get("/own").bodyOfAnswer())
                        .as("the connection lives on after one that " + broken.getKey())
                        .isEqualTo("own");
            }
        }
    }

    @Test
    default void aHandlerThatBreaksAfterTheFirstByteIsCut() throws Exception {
        Map<String, Runnable> breaks = Map.of(
                "throws when asked again",
                () -> {
                    throw new IllegalStateException("secret detail");
                },
                "throws an error when asked again",
                () -> {
                    throw new StackOverflowError("secret detail");
                });
        for (Map.Entry<String, Runnable> broken : breaks.entrySet()) {
            Flow.Publisher<List<ByteBuffer>> body = to -> {
                int[] count = new int[1];
                to.onSubscribe(asking(() -> {
                    if (count[0]++ == 0) {
                        to.onNext(batch("once"));
                    } else {
                        broken.getValue().run();
                    }
                }));
            };
            try (Host host = start(answering(body));
                    RawClient client = RawClient.to(host)) {
                String answer = client.get("/v1/a").rest();
                assertThat(answer)
                        .as(broken.getKey())
                        .contains("once")
                        .doesNotContain("secret")
                        .doesNotContain("\r\n0\r\n");
            }
        }
    }

    @Test
    default void whatABodySaysAfterItsEndIsNotHeard() throws Exception {
        Map<String, Flow.Publisher<List<ByteBuffer>>> talkative = Map.of(
                "completes twice", ending(to -> to.onComplete()),
                "fails after its end", ending(to -> to.onError(new IllegalStateException("late"))),
                "hands over after its end", ending(to -> to.onNext(batch("late"))));
        for (Map.Entry<String, Flow.Publisher<List<ByteBuffer>>> body : talkative.entrySet()) {
            try (Host host = start(answering(body.getValue()));
                    RawClient client = RawClient.to(host)) {
                for (int i = 0; i < 20; i++) {
                    assertThat(client.get("/v1/a").bodyOfAnswer())
                            .as("a body that " + body.getKey())
                            .isEqualTo("whole");
                }
                assertThat(client.get("/own").bodyOfAnswer()).isEqualTo("own");
            }
        }
    }

    /** One batch, its end, and something more. */
    private static Flow.Publisher<List<ByteBuffer>> ending(
            java.util.function.Consumer<Flow.Subscriber<? super List<ByteBuffer>>> more) {
        return to -> {
            boolean[] done = new boolean[1];
            to.onSubscribe(asking(() -> {
                if (!done[0]) {
                    done[0] = true;
                    to.onNext(batch("whole"));
                    to.onComplete();
                    more.accept(to);
                }
            }));
        };
    }

    @Test
    default void oneBrokenBodyAmongManyCutsOnlyItself() throws Exception {
        java.util.concurrent.BlockingQueue<Source> bodies = new java.util.concurrent.LinkedBlockingQueue<>();
        GatewayHandler handler = request -> {
            Source body = new Source();
            bodies.add(body);
            return Answers.events(body);
        };
        try (Host host = start(handler);
                RawClient before = RawClient.to(host);
                RawClient broken = RawClient.to(host);
                RawClient after = RawClient.to(host)) {
            before.get("/v1/a").head();
            Source first = Waits.take(bodies, "the first body");
            broken.get("/v1/b").head();
            Source second = Waits.take(bodies, "the second body");
            after.get("/v1/c").head();
            Source third = Waits.take(bodies, "the third body");
            second.send("half").fail(new java.io.IOException("upstream is gone"));
            assertThat(broken.rest()).doesNotContain("\r\n0\r\n");
            first.send("one").complete();
            third.send("three").complete();
            assertThat(before.chunks()).isEqualTo("one");
            assertThat(after.chunks()).isEqualTo("three");
        }
    }
}
