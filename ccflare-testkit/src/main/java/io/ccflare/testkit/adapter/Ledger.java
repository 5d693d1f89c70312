package io.ccflare.testkit.adapter;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.testkit.Waits;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** Every response that an adapter was handed, and whether it let go of it: read it to an end, cancelled it or closed it. */
final class Ledger {

    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

    Map<String, GatewayHandler> watch(Map<String, GatewayHandler> mounts) {
        Map<String, GatewayHandler> watched = new LinkedHashMap<>();
        mounts.forEach((path, handler) -> watched.put(path, watch(handler)));
        return watched;
    }

    @SuppressWarnings("NullAway") // A broken handler returns null, which is for the adapter to notice.
    private GatewayHandler watch(GatewayHandler handler) {
        return request -> {
            CompletableFuture<GatewayResponse> answer = handler.handle(request);
            return answer == null ? null : new Passed(answer);
        };
    }

    /** To be asked when the host has stopped: nothing may be open any more. */
    void check() {
        for (Entry entry : entries) {
            Waits.until(entry.letGo::get, "the end, cancellation or close of " + entry.name);
        }
    }

    /** The handler's own future as the adapter sees it: cancelling it is cancelling the handler's. */
    private final class Passed extends CompletableFuture<GatewayResponse> {

        private final CompletableFuture<GatewayResponse> answer;

        @SuppressWarnings("NullAway") // As above.
        Passed(CompletableFuture<GatewayResponse> answer) {
            this.answer = answer;
            answer.whenComplete((response, failure) -> {
                if (failure != null) {
                    completeExceptionally(failure);
                } else {
                    complete(response == null ? null : enter(response));
                }
            });
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            return answer.cancel(mayInterrupt);
        }
    }

    private GatewayResponse enter(GatewayResponse response) {
        Entry entry = new Entry(response.toString());
        entries.add(entry);
        return GatewayResponse.of(
                response.status(), response.headers(), to -> entry.subscribe(response.body(), to), () -> {
                    entry.letGo.set(true);
                    response.close();
                });
    }

    private static final class Entry {

        final AtomicBoolean letGo = new AtomicBoolean();
        private final String name;

        Entry(String name) {
            this.name = name;
        }

        void subscribe(Flow.Publisher<List<ByteBuffer>> body, Flow.Subscriber<? super List<ByteBuffer>> to) {
            try {
                body.subscribe(watched(to));
            } catch (RuntimeException | Error e) {
                letGo.set(true);
                throw e;
            }
        }

        private Flow.Subscriber<List<ByteBuffer>> watched(Flow.Subscriber<? super List<ByteBuffer>> to) {
            return new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription from) {
                    to.onSubscribe(watched(from));
                }

                @Override
                public void onNext(List<ByteBuffer> batch) {
                    to.onNext(batch);
                }

                @Override
                public void onError(Throwable cause) {
                    letGo.set(true);
                    to.onError(cause);
                }

                @Override
                public void onComplete() {
                    letGo.set(true);
                    to.onComplete();
                }
            };
        }

        private Flow.Subscription watched(Flow.Subscription from) {
            return new Flow.Subscription() {
                @Override
                public void request(long n) {
                    from.request(n);
                }

                @Override
                public void cancel() {
                    letGo.set(true);
                    from.cancel();
                }
            };
        }
    }
}
