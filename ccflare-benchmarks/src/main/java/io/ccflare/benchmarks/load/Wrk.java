package io.ccflare.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Loads with wrk: a Messages request of about 1 KB in a closed loop, the sessions in turns. */
final class Wrk {

    static final int BODY_BYTES = 1000;

    private static final String MARK = "ccflare-load ";

    /** The requests are written once; a session each, so that bindings and slots are in use. */
    private static final String SCRIPT = """
            local body = [==[${body}]==]
            local requests = {}
            local last = 0
            init = function(args)
              for session = 1, 64 do
                local headers = {
                  ["Content-Type"] = "application/json", ["Accept"] = "application/json",
                  ["User-Agent"] = "ccflare-load", ["anthropic-version"] = "2023-06-01",
                  ["x-api-key"] = "load-client", ["x-claude-code-session-id"] = "session-" .. session,
                  ["Host"] = wrk.headers["Host"]
                }
                requests[session] = wrk.format("POST", "/v1/messages", headers, body)
              end
            end
            request = function()
              last = last % #requests + 1
              return requests[last]
            end
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("\\n${mark}%d %d %d %d %d\\n", summary.requests, summary.duration,
                  e.connect + e.read + e.write + e.status + e.timeout,
                  latency:percentile(50), latency:percentile(99)))
            end
            """;

    private final Path script;
    private final UnaryOperator<List<String>> pin;

    Wrk(Path folder, UnaryOperator<List<String>> pin) throws IOException {
        this.script = Files.writeString(
                folder.resolve("messages.lua"),
                SCRIPT.replace("${body}", new String(Requests.messageBody(BODY_BYTES), UTF_8))
                        .replace("${mark}", MARK));
        this.pin = pin;
    }

    /** What one run found; microseconds. */
    record Result(long requests, double perSecond, long p50, long p99) {}

    /** @throws IOException if a request failed or was not answered with 2xx or 3xx */
    Result run(URI to, int connections, Duration time) throws IOException {
        String seconds = Math.max(1, time.toSeconds()) + "s";
        List<String> command = pin.apply(List.of(
                String.valueOf(Machine.program("wrk")),
                "-t1",
                "-c" + connections,
                "-d" + seconds,
                "--timeout",
                "10s",
                "-s",
                script.toString(),
                to.toString()));
        try (Child wrk = Child.start("wrk", command, false)) {
            String said = new String(wrk.process().getInputStream().readAllBytes(), UTF_8);
            String line = said.lines()
                    .filter(each -> each.startsWith(MARK))
                    .findFirst()
                    .orElseThrow(() -> new IOException("wrk says nothing of its result:\n" + said));
            return read(line.substring(MARK.length()).split(" "));
        }
    }

    private static Result read(String[] numbers) throws IOException {
        long requests = Long.parseLong(numbers[0]);
        long failed = Long.parseLong(numbers[2]);
        if (requests == 0) {
            throw new IOException("wrk got no answer at all");
        }
        if (failed > 0) {
            throw new IOException(failed + " of " + requests + " requests of wrk failed");
        }
        double seconds = Long.parseLong(numbers[1]) / 1e6;
        return new Result(requests, requests / seconds, Long.parseLong(numbers[3]), Long.parseLong(numbers[4]));
    }
}
