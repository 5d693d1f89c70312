package io.ccflare.store.jdbc;

import java.time.Duration;

/**
 * How the request log works.
 *
 * @param queueBound how many records may wait
 * @param batchSize how many are written in one transaction at most
 * @param retention how long they are kept; zero for ever
 * @param closeWithin how long closing may take
 */
record LogSettings(int queueBound, int batchSize, Duration retention, Duration closeWithin) {

    static final LogSettings DEFAULTS = new LogSettings(10_000, 500, Duration.ofDays(30), Duration.ofSeconds(5));
}
