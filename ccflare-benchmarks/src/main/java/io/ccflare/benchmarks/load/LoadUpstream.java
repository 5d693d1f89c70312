package io.ccflare.benchmarks.load;

import io.ccflare.fake.FakeUpstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A fake upstream in a process of its own that remembers nothing. Prints its address, answers the command
 * {@code pace MILLIS EVENTS} (for streams that begin from then on) with a dot, and ends with its input.
 */
public final class LoadUpstream {

    private LoadUpstream() {}

    public static void main(String[] args) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (FakeUpstream fake =
                FakeUpstream.builder().acceptAnyKey().record(0, 0).start()) {
            System.out.println(fake.uri());
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                String[] words = command.split(" ");
                fake.eventInterval(Duration.ofMillis(Integer.parseInt(words[1])))
                        .deltas(Integer.parseInt(words[2]));
                System.out.println(".");
                System.out.flush();
            }
        }
    }
}
