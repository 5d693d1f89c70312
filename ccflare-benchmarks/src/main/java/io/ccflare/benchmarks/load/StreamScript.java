package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream per connection. An event is late by what it arrives after its request plus its number times the interval; the upstream's own
 * lateness is in it. Looks around once, when all streams have had content.
 */
final class StreamScript implements LoadClient.Script {

    private static final Duration SLACK = Duration.ofSeconds(30);

    /** What is looked at while all streams are open; returns whether to hang up then. */
    interface Look {
        boolean hangUp() throws IOException;
    }

    /** The first byte after the request. */
    final Samples begun = new Samples();
    /** How late the first content event is. */
    final Samples first = new Samples();
    /** How late each later one is. */
    final Samples later = new Samples();

    private final int events;
    private final Duration interval;
    private final Look look;
    private final ByteBuffer request;
    private final long[] sentAt;
    private final int[] seen;
    private int streaming;
    private boolean looked;
    private @Nullable IOException failure;

    StreamScript(int streams, int events, Duration interval, int bodyBytes, Look look) {
        this.events = events;
        this.interval = interval;
        this.look = look;
        request = Requests.stream(0, bodyBytes);
        sentAt = new long[streams];
        seen = new int[streams];
    }

    /** @param ramp the time from one stream's request to the next one's */
    void run(Target target, Duration ramp) throws IOException {
        Duration atMost = ramp.multipliedBy(sentAt.length)
                .plus(interval.multipliedBy(events))
                .plus(SLACK);
        new LoadClient(target.uri()).run(this, sentAt.length, ramp, atMost);
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public @Nullable ByteBuffer next(int connection, long now) {
        if (sentAt[connection] != 0) {
            return null;
        }
        sentAt[connection] = now;
        return request.duplicate();
    }

    @Override
    public void begun(int connection, long now) {
        begun.add(now - sentAt[connection]);
    }

    @Override
    public void deltas(int connection, int count, long now) {
        for (int number = seen[connection] + 1; number <= count; number++) {
            (number == 1 ? first : later).add(now - sentAt[connection] - number * interval.toNanos());
        }
        streaming += seen[connection] == 0 ? 1 : 0;
        seen[connection] = count;
    }

    @Override
    public void ended(int connection, long now) {
        if (seen[connection] != events && failure == null) {
            failure = new IOException("a stream ended after " + seen[connection] + " of " + events + " content events, "
                    + TimeUnit.NANOSECONDS.toMillis(now - sentAt[connection]) + " ms after its request");
        }
    }

    @Override
    public boolean hangUp(long now) {
        if (streaming < sentAt.length || looked || failure != null) {
            return failure != null;
        }
        looked = true;
        try {
            return look.hangUp();
        } catch (IOException e) {
            failure = e;
            return true;
        }
    }
}
