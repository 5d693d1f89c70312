package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.fake.FakeUpstream;
import io.ccflare.fake.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the whole catalogue of faults over a real adapter and compares what was seen with the tables in {@code docs/faults.md},
 * which are what is expected. {@code -Dccflare.faults.write=true} writes what was seen into the page instead; read the difference
 * before you commit it.
 */
class FaultTableTest {

    private static final Path PAGE = Path.of("..", "docs", "faults.md");
    private static final String BEGIN = "<!-- tables: begin -->\n";
    private static final String END = "<!-- tables: end -->";

    @Test
    @Timeout(300)
    void the_page_says_what_was_seen() throws Exception {
        String page = Files.readString(PAGE);
        String seen = table("## Requests that do not stream", false) + table("## Streams", true);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        if (Boolean.getBoolean("ccflare.faults.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + seen + page.substring(end));
        } else {
            assertThat(seen).isEqualTo(page.substring(begin, end));
        }
    }

    private static String table(String title, boolean stream) throws Exception {
        StringBuilder table = new StringBuilder("\n" + title + "\n\n"
                + "| fault | on the wire | with a good account, the caller saw | calls | record | alone, the caller saw | calls | record |\n"
                + "|---|---|---|---|---|---|---|---|\n");
        AtomicReference<GatewayHandler> mounted = new AtomicReference<>();
        try (FakeUpstream upstream = FakeUpstream.start();
                NotesService service =
                        NotesService.start(request -> mounted.get().handle(request), Map.of(Rig.TOKEN, "anna"), 0)) {
            for (Fault fault : Fault.catalogue()) {
                FaultCase.Seen pair = new FaultCase(fault, stream, true).run(upstream, service.port(), mounted::set);
                FaultCase.Seen alone = new FaultCase(fault, stream, false).run(upstream, service.port(), mounted::set);
                table.append("| ")
                        .append(String.join(" | ", fault.name(), fault.description(), pair.cells(), alone.cells()))
                        .append(" |\n");
            }
        }
        return table.append("\n").toString();
    }
}
