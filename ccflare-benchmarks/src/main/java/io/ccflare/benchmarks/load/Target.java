package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A way that is up: straight to the upstream, or through a process under test, which is paused while nobody loads it. */
final class Target implements AutoCloseable {

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long LOOK_NANOS = 10_000_000;

    private final String way;
    private final URI uri;
    private final @Nullable Child child;
    private final @Nullable JavaChild java;

    private Target(String way, URI uri, @Nullable Child child, @Nullable JavaChild java) {
        this.way = way;
        this.uri = uri;
        this.child = child;
        this.java = java;
    }

    static Target direct(URI upstream) {
        return new Target("direct", upstream, null, null);
    }

    static Target nginx(Nginx nginx) {
        return new Target("nginx", nginx.uri(), nginx.child(), null);
    }

    static Target java(String way, JavaChild java) {
        return new Target(way, java.uri(), java.child(), java);
    }

    String way() {
        return way;
    }

    URI uri() {
        return uri;
    }

    /** Whether it is a Java process, which compiles while it is warming up. */
    boolean compiles() {
        return java != null;
    }

    /** Whether there is a gateway in it. */
    boolean records() {
        return java != null && !way.startsWith("bare");
    }

    void pause() throws IOException {
        if (child != null) {
            child.pause();
        }
    }

    void resume() throws IOException {
        if (child != null) {
            child.resume();
        }
    }

    /** Zeros for the direct way. */
    Use use() throws IOException {
        return child == null ? new Use(0, 0, 0) : child.use();
    }

    /** Asks its process, if it is a Java process. */
    Map<String, Long> numbers(String command) throws IOException {
        return java == null ? Map.of() : java.numbers(command);
    }

    String histogram() throws IOException {
        return java == null ? "" : String.join("\n", java.ask("histogram"));
    }

    long ended() throws IOException {
        return numbers("stats").getOrDefault("ended", 0L);
    }

    /**
     * Waits until no request is under way and all are recorded.
     *
     * @param least how many records there must be
     * @return how many there are
     */
    long settled(long least) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        long last = -1;
        Map<String, Long> stats = numbers("stats");
        while (records() && System.nanoTime() < deadline && !quiet(stats, last, least)) {
            last = stats.getOrDefault("ended", 0L);
            LockSupport.parkNanos(LOOK_NANOS);
            stats = numbers("stats");
        }
        return stats.getOrDefault("ended", 0L);
    }

    private static boolean quiet(Map<String, Long> stats, long last, long least) {
        long ended = stats.getOrDefault("ended", 0L);
        return stats.getOrDefault("open", 0L) == 0 && ended == last && ended >= least;
    }

    /**
     * @param before how many records there were before
     * @throws IOException if there are too few now, or more than can be
     */
    void checkRecords(long before, Answered answered) throws IOException {
        long found = settled(before + answered.whole()) - before;
        if (records() && (found < answered.whole() || found > answered.whole() + answered.cut())) {
            throw new IOException(found + " records of " + answered.whole() + " answered requests and at most "
                    + answered.cut() + " that were hung up on");
        }
    }

    /**
     * What a client got.
     *
     * @param whole requests that the gateway must have recorded: those answered to the end, those surely hung up on
     * @param cut requests that it may have hung up on, and the gateway may have recorded
     */
    record Answered(long whole, long cut) {

        Answered plus(Answered other) {
            return new Answered(whole + other.whole, cut + other.cut);
        }
    }

    @Override
    public void close() throws IOException {
        if (child != null) {
            child.close();
        }
    }
}
