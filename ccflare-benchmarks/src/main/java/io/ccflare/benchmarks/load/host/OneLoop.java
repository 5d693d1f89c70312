package io.ccflare.benchmarks.load.host;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;

/** Vert.x for one core. */
final class OneLoop {

    /** Upstream connections at most; the streams of a run are fewer. */
    static final int CONNECTIONS = 10_000;

    private OneLoop() {}

    static Vertx vertx() {
        return Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2).setInternalBlockingPoolSize(2));
    }

    static HttpClient client(Vertx vertx) {
        return vertx.createHttpClient(
                new HttpClientOptions(),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(-1));
    }
}
