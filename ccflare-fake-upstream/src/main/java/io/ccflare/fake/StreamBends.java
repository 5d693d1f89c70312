package io.ccflare.fake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Faults that begin as the healthy answer does, and then go wrong. */
final class StreamBends {
    private static final byte[] OVERLOADED = SseEvent.error("overloaded_error", "Overloaded");
    private static final byte[] MALFORMED =
            SseEvent.of("content_block_delta", "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"typ");

    private StreamBends() {}

    /** Ends by a signal once so many events were sent. */
    static Bend endAfter(int events, Step.Signal how) {
        return x -> {
            Reply reply = x.healthy().breakable();
            int at = reply.breakAt(events);
            return Stream.concat(x.begin(reply, reply.parts().subList(0, at)), Stream.of(how));
        };
    }

    static Bend cutInside(int events) {
        return x -> {
            Reply reply = x.healthy().breakable();
            int at = reply.breakAt(events);
            byte[] next = reply.parts().get(at).bytes();
            Step half = new Step.Body(Arrays.copyOf(next, (next.length + 1) / 2));
            return Stream.concat(x.begin(reply, reply.parts().subList(0, at)), Stream.of(half, Step.Signal.CLOSE));
        };
    }

    static Bend stallAfter(int events) {
        return x -> {
            Reply reply = x.healthy().breakable();
            List<Part> parts = reply.parts();
            int at = reply.breakAt(events);
            Stream<Step> rest = Stream.concat(x.parts(parts.subList(at, parts.size())), Stream.of(Step.Signal.FINISH));
            return Stream.concat(
                    x.begin(reply, parts.subList(0, at)), Stream.concat(Stream.of(Step.Signal.STALL), rest));
        };
    }

    static Bend stallBeforeHeaders() {
        return x -> Stream.concat(Stream.of(Step.Signal.STALL), x.play(x.healthy()));
    }

    static Bend slowFirstByte(Duration wait) {
        return x -> Stream.concat(Stream.of(new Step.Pause(wait)), x.play(x.healthy()));
    }

    /** An error event after so many events, and then the end of the stream; a 529 where nothing is streamed. */
    static Bend errorEventAfter(int events) {
        return ofEvents(reply -> {
            List<Part> parts = new ArrayList<>(reply.parts().subList(0, reply.breakAt(events)));
            parts.add(Part.at(OVERLOADED));
            return parts;
        });
    }

    /** message_start and ping, which promise an answer, and then the error. */
    static Bend errorEventAfterStart() {
        return ofEvents(reply -> List.of(
                reply.parts().get(0), Part.at(SseEvent.of("ping", "{\"type\":\"ping\"}")), Part.at(OVERLOADED)));
    }

    static Bend malformedEvent(int events) {
        return x -> {
            Reply reply = x.healthy().breakable();
            List<Part> parts = new ArrayList<>(reply.parts());
            int at = reply.breakAt(events);
            if (reply.stream()) {
                parts.add(at, Part.at(MALFORMED));
            } else {
                parts.subList(at, parts.size()).clear();
            }
            return x.play(reply.withParts(parts));
        };
    }

    static Bend missingMessageStop() {
        return x -> {
            Reply reply = x.healthy();
            List<Part> parts = reply.parts();
            return x.play(reply.stream() ? reply.withParts(parts.subList(0, parts.size() - 1)) : reply);
        };
    }

    /** Declares a length that is off by so many bytes, and closes. */
    static Bend lengthOff(int difference) {
        return x -> {
            Reply reply = x.healthy();
            long declared = Math.max(0, Reply.size(reply.parts()) + difference);
            return Stream.concat(
                    x.begin(reply.framed(new Framing.Length(declared)), reply.parts()), Stream.of(Step.Signal.CLOSE));
        };
    }

    static Bend gzipped() {
        return x -> {
            Reply reply = x.healthy().with("Content-Encoding", "gzip");
            Gzip gzip = new Gzip();
            if (reply.stream()) {
                Stream<Step> body = x.parts(reply.parts()).map(gzip::compress);
                Stream<Step> end = Stream.of(gzip).map(g -> new Step.Body(g.end()));
                return Stream.concat(
                        Stream.concat(Stream.of(new Step.Head(reply)), body),
                        Stream.concat(end, Stream.of(Step.Signal.FINISH)));
            }
            return x.play(reply.withParts(List.of(Part.at(gzip.whole(reply.parts())))));
        };
    }

    private static Bend ofEvents(Function<Reply, List<Part>> change) {
        return x -> {
            Reply reply = x.healthy();
            return x.play(
                    reply.stream()
                            ? reply.withParts(change.apply(reply))
                            : x.error(529, "overloaded_error", "Overloaded").with("x-should-retry", "true"));
        };
    }
}
