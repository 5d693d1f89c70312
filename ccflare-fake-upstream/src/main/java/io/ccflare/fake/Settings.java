package io.ccflare.fake;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** What a server was started with, except what can be changed while it runs. */
record Settings(int port, boolean acceptAnyKey, InstantSource clock, int capture, int keepCalls) {
    Settings {
        if (capture < 0 || keepCalls < 0) {
            throw new IllegalArgumentException("What is kept must not be negative: " + keepCalls + ", " + capture);
        }
    }

    /** How an answer is played; may change between requests. */
    record Pace(Duration interval, int deltas) {
        Pace {
            if (interval.isNegative() || deltas < 0) {
                throw new IllegalArgumentException(
                        "Interval and number of deltas must not be negative: " + interval + ", " + deltas);
            }
        }

        Stream<Step> play(Reply reply) {
            return Stream.concat(begin(reply, reply.parts()), Stream.of(Step.Signal.FINISH));
        }

        /** The head and some of the parts, without an end. */
        Stream<Step> begin(Reply reply, List<Part> parts) {
            return Stream.concat(Stream.of(new Step.Head(reply)), parts(parts));
        }

        Stream<Step> parts(List<Part> parts) {
            if (interval.isZero()) {
                return parts.stream().map(part -> new Step.Body(part.bytes()));
            }
            Step.Pause pause = new Step.Pause(interval);
            return parts.stream().flatMap(part -> {
                Step body = new Step.Body(part.bytes());
                return part.paced() ? Stream.of(pause, body) : Stream.of(body);
            });
        }
    }
}
