package io.ccflare.core.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Keeps where, in the current segment, each open value on a raw path has bytes that have not been handed over. */
final class RawSpans {

    private final boolean used;
    private final JsonSink sink;
    private final int[] from; // by level of the place

    RawSpans(JsonPaths paths, JsonSink sink) {
        this.used = paths.anyRaw;
        this.sink = sink;
        this.from = new int[paths.levels];
    }

    void segmentBegins(int at) {
        if (used) {
            Arrays.fill(from, at);
        }
    }

    void begin(PathNode place, int at) {
        from[place.level] = at;
    }

    void end(PathNode place, byte[] bytes, int at) {
        if (place.rawPath != PathNode.NONE) {
            handOver(place, bytes, at);
            sink.rawEnd(place.rawPath);
        }
    }

    void segmentEnds(@Nullable PathNode innermost, byte[] bytes, int at) {
        if (used) {
            for (PathNode place = innermost; place != null; place = place.parent) {
                if (place.rawPath != PathNode.NONE) {
                    handOver(place, bytes, at);
                }
            }
        }
    }

    private void handOver(PathNode place, byte[] bytes, int to) {
        if (to > from[place.level]) {
            sink.raw(place.rawPath, bytes, from[place.level], to);
        }
    }
}
