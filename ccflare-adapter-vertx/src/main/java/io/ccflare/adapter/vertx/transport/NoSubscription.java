package io.ccflare.adapter.vertx.transport;

import java.util.concurrent.Flow;

/** Gives nothing. */
enum NoSubscription implements Flow.Subscription {
    INSTANCE;

    @Override
    public void request(long n) {
        // there is nothing to give
    }

    @Override
    public void cancel() {
        // there is nothing to end
    }
}
