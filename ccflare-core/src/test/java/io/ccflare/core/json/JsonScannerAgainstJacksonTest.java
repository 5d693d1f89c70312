package io.ccflare.core.json;

import static io.ccflare.core.json.JsonScanner.Result.COMPLETE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonScannerAgainstJacksonTest {

    private static final List<String> PATHS = List.of(
            "",
            "!",
            "a",
            "a!",
            "b",
            "b!",
            "a.b",
            "a.c[]",
            "a[]",
            "a[].b!",
            "[]",
            "[].a",
            "[][]!",
            "role",
            "über",
            "über!",
            "a.a.a",
            "content[]!",
            "content[].role",
            "content[].content[].a",
            "[].content!",
            "[].b.role");
    private static final JsonPaths COMPILED = JsonPaths.of(PATHS.toArray(String[]::new));
    private static final int FULLY_SPLIT_BELOW = 160;

    @Test
    void values_are_those_that_jackson_sees_whatever_the_buffer_and_the_cuts() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] document = JsonGenerator.document(random);
            Scan expected = new Scan(COMPLETE, seen(document), Map.of());
            for (var buffers : Scan.BUFFERS) {
                assertThat(Scan.inPieces(COMPILED, document, buffers))
                        .as("seed %d", seed)
                        .isEqualTo(expected);
            }
            assertThat(Scan.byteByByte(COMPILED, document)).as("seed %d", seed).isEqualTo(expected);
            for (int i = 0; i < 5; i++) {
                assertThat(Scan.atRandomCuts(COMPILED, document, random))
                        .as("seed %d", seed)
                        .isEqualTo(expected);
            }
            for (int cut = 0; cut <= document.length && document.length < FULLY_SPLIT_BELOW; cut++) {
                Scan split = Scan.inPieces(COMPILED, document, ByteBuffer::wrap, cut);
                assertThat(split).as("seed %d cut %d", seed, cut).isEqualTo(expected);
            }
        }
    }

    @Test
    void a_damaged_document_is_complete_exactly_if_jackson_accepts_it_and_reads_the_same_however_it_is_cut() {
        int accepted = 0;
        for (int seed = 0; seed < 4000; seed++) {
            Random random = new Random(seed);
            byte[] intact = JsonGenerator.document(random);
            for (int i = 0; i < 6; i++) {
                byte[] document = JsonGenerator.damaged(intact, random);
                String what = "seed " + seed + ": " + new String(document, ISO_8859_1);
                Scan whole = Scan.whole(COMPILED, document);
                List<String> seen = Jackson.read(PATHS, document);
                assertThat(whole.result() == COMPLETE).as(what).isEqualTo(seen != null);
                if (seen != null) {
                    accepted++;
                    assertThat(whole.values()).as(what).isEqualTo(seen);
                }
                assertThat(Scan.byteByByte(COMPILED, document)).as(what).isEqualTo(whole);
                assertThat(Scan.atRandomCuts(COMPILED, document, random))
                        .as(what)
                        .isEqualTo(whole);
            }
        }
        assertThat(accepted).as("documents that stayed valid").isBetween(1000, 12000);
    }

    private static List<String> seen(byte[] document) {
        List<String> seen = Jackson.read(PATHS, document);
        assertThat(seen).as(new String(document, ISO_8859_1)).isNotNull();
        return seen == null ? List.of() : seen;
    }
}
