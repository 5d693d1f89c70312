package io.ccflare.fake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest calls, and counts of all. Used under the server's monitor. */
final class Recorder {
    private final int keep;
    private final Deque<RecordedCall> calls = new ArrayDeque<>();
    private long count;
    private int open;
    private long canceled;
    private int stalled;

    Recorder(int keep) {
        this.keep = keep;
    }

    void begin(RecordedCall call) {
        count++;
        open++;
        if (keep > 0) {
            if (calls.size() == keep) {
                calls.removeFirst();
            }
            calls.addLast(call);
        }
    }

    void end(RecordedCall.Ending how) {
        open--;
        if (how == RecordedCall.Ending.CANCELED) {
            canceled++;
        }
    }

    void stalled(int change) {
        stalled += change;
    }

    void forget() {
        calls.clear();
        count = 0;
        canceled = 0;
    }

    List<RecordedCall> calls() {
        return List.copyOf(calls);
    }

    long count() {
        return count;
    }

    int open() {
        return open;
    }

    long canceled() {
        return canceled;
    }

    int stalled() {
        return stalled;
    }
}
