package io.ccflare.adapter.vertx.transport;

import static io.ccflare.testkit.Waits.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.Headers;
import io.ccflare.api.transport.UpstreamBody;
import io.ccflare.api.transport.UpstreamRequest;
import io.ccflare.testkit.transport.FarEnd;
import io.ccflare.testkit.transport.Link;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On which threads calls run, and which connections they share. */
class LoopsTest {

    private static final int LOOPS = 4;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
    private final VertxTransport transport = VertxTransport.create(vertx);
    private FarEnd server;

    @BeforeEach
    void start() throws IOException {
        server = FarEnd.open()
                .answer((request, link) ->
                        link.write(Link.CHUNKED).chunk("one").chunk("two").write("0\r\n\r\n"));
    }

    @AfterEach
    void stop() throws Exception {
        transport.close();
        get(vertx.close().toCompletionStage().toCompletableFuture());
        server.close();
    }

    @Test
    void aCallFromAnEventLoopStaysOnItWithItsContext() throws Exception {
        Witness witness = new Witness(50);
        get(vertx.deployVerticle(witness).toCompletionStage().toCompletableFuture());
        get(witness.served);
        assertThat(witness.contexts).containsExactly(witness.home());
        assertThat(witness.threads).hasSize(1);
        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void verticlesOnSeveralEventLoopsShareATransportButNoConnection() throws Exception {
        List<Witness> witnesses = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            Witness witness = new Witness(50);
            witnesses.add(witness);
            vertx.deployVerticle(witness);
        }
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        for (Witness witness : witnesses) {
            get(witness.served);
            assertThat(witness.threads).hasSize(1);
            threads.addAll(witness.threads);
        }
        assertThat(threads).hasSize(LOOPS);
        assertThat(server.accepted()).isEqualTo(LOOPS);
    }

    @Test
    void aWorkersCallHopsToAnEventLoop() throws Exception {
        Witness witness = new Witness(20);
        get(vertx.deployVerticle(witness, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
                .toCompletionStage()
                .toCompletableFuture());
        get(witness.served);
        assertThat(witness.threads).allMatch(thread -> thread.getName().startsWith("vert.x-eventloop"));
    }

    @Test
    void aForeignThreadAlwaysComesToTheSameEventLoop() throws Exception {
        Witness witness = new Witness(20);
        witness.next();
        get(witness.served);
        assertThat(witness.threads)
                .hasSize(1)
                .allMatch(thread -> thread.getName().startsWith("vert.x-eventloop"));
        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void aContextOfAnotherVertxIsForeign() throws Exception {
        Vertx other = Vertx.vertx();
        try {
            Witness witness = new Witness(5);
            other.runOnContext(nothing -> witness.next());
            get(witness.served);
            List<Thread> own = new ArrayList<>(witness.threads);
            Promise<Thread> others = Promise.promise();
            other.runOnContext(nothing -> others.complete(Thread.currentThread()));
            get(others.future().toCompletionStage().toCompletableFuture());
            assertThat(own).allMatch(thread -> thread.getName().startsWith("vert.x-eventloop"));
            assertThat(witness.contexts).allMatch(context -> context.owner() == vertx);
        } finally {
            get(other.close().toCompletionStage().toCompletableFuture());
        }
    }

    @Test
    void theEndOfTheVerticleThatCameFirstEndsNeitherTransportNorConnection() throws Exception {
        VertxTransport[] made = new VertxTransport[1];
        Witness first = new Witness(1);
        String id = get(vertx.deployVerticle(new VerticleBase() {
                    @Override
                    public io.vertx.core.Future<?> start() {
                        made[0] = VertxTransport.create(vertx);
                        first.over = made[0];
                        first.next();
                        return io.vertx.core.Future.fromCompletionStage(first.served, context);
                    }
                })
                .toCompletionStage()
                .toCompletableFuture());
        get(vertx.undeploy(id).toCompletionStage().toCompletableFuture());
        Witness second = new Witness(5);
        second.over = made[0];
        CompletableFuture<Void> sameLoop = second.served;
        io.vertx.core.Context loop = first.contexts.iterator().next();
        loop.runOnContext(nothing -> second.next());
        get(sameLoop);
        assertThat(server.accepted()).isEqualTo(1);
        made[0].close();
    }

    @Test
    void whatWasHandedOverStaysAsItWas() throws Exception {
        List<ByteBuffer> kept = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Witness witness = new Witness(1);
            witness.next();
            get(witness.served);
            kept.addAll(witness.buffers);
        }
        StringBuilder text = new StringBuilder();
        for (ByteBuffer buffer : kept) {
            while (buffer.hasRemaining()) {
                text.append((char) buffer.get());
            }
        }
        assertThat(text.toString()).isEqualTo("onetwo".repeat(200));
    }

    /** Makes one call after another and notes on which threads and as which contexts it is told. */
    private final class Witness extends VerticleBase implements Flow.Subscriber<List<ByteBuffer>> {

        final CompletableFuture<Void> served = new CompletableFuture<>();
        final Set<Thread> threads = ConcurrentHashMap.newKeySet();
        final Set<Context> contexts = ConcurrentHashMap.newKeySet();
        final List<ByteBuffer> buffers = new ArrayList<>();
        VertxTransport over = transport;
        private int left;

        /** Otherwise the thread that made the call may be told of an answer that is there already. */
        private boolean onTheLoop;

        private Flow.Subscription subscription;

        Witness(int calls) {
            left = calls;
        }

        @Override
        public io.vertx.core.Future<?> start() {
            onTheLoop = context.isEventLoopContext();
            next();
            return io.vertx.core.Future.fromCompletionStage(served, context);
        }

        Context home() {
            return context;
        }

        void next() {
            UpstreamBody body = new UpstreamBody.Gathered(List.of(ByteBuffer.wrap(new byte[] {'{', '}'})), 2);
            over.send(new UpstreamRequest("POST", server.origin(), "/", Headers.empty(), body))
                    .whenComplete((response, error) -> {
                        if (error != null) {
                            served.completeExceptionally(error);
                        } else {
                            if (onTheLoop) {
                                witness();
                            }
                            response.body().subscribe(this);
                        }
                    });
        }

        private void witness() {
            threads.add(Thread.currentThread());
            contexts.add(Vertx.currentContext());
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            witness();
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(List<ByteBuffer> bytes) {
            witness();
            buffers.addAll(bytes);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable error) {
            served.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            witness();
            if (--left > 0) {
                next();
            } else {
                served.complete(null);
            }
        }
    }
}
