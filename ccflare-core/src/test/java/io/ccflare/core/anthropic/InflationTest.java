package io.ccflare.core.anthropic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class InflationTest {

    private static final byte[] TEXT = "event: ping\n".repeat(2000).getBytes(UTF_8);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Inflation inflation = new Inflation(true, (bytes, from, to) -> out.write(bytes, from, to - from));

    @Test
    void everyFieldOfAHeaderIsSkippedAndMembersFollowOneAnother() {
        byte[] bare = Gzip.compress(TEXT);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (int flags = 0; flags < 32; flags++) {
            byte[] member = bare.clone();
            member[3] = (byte) flags;
            members.write(member, 0, 10);
            members.writeBytes(optionalFields(flags));
            members.write(member, 10, member.length - 10);
        }
        members.writeBytes(new byte[] {0, 0, 0});

        for (byte b : members.toByteArray()) {
            inflation.feed(ByteBuffer.wrap(new byte[] {b}));
        }

        assertThat(out.size()).isEqualTo(32 * TEXT.length);
        assertThat(inflation.damaged()).isFalse();
    }

    @Test
    void damageEndsItAndWhatCameBeforeStays() {
        byte[] bytes = Gzip.compress(TEXT);
        byte[] second = bytes.clone();
        second[1] = 0;
        inflation.feed(ByteBuffer.wrap(bytes));
        inflation.feed(ByteBuffer.wrap(second));
        inflation.feed(ByteBuffer.wrap(bytes));

        assertThat(inflation.damaged()).isTrue();
        assertThat(out.toByteArray()).isEqualTo(TEXT);
    }

    @Test
    void contentThatNeedsADictionaryIsDamageWhereverItIsSplit() {
        Deflater deflater = new Deflater();
        deflater.setDictionary(TEXT);
        deflater.setInput(TEXT);
        deflater.finish();
        byte[] bytes = new byte[1024];
        int length = deflater.deflate(bytes);
        deflater.end();
        for (int split = 0; split < length; split++) {
            Inflation zlib = new Inflation(false, (plain, from, to) -> out.write(plain, from, to - from));
            zlib.feed(ByteBuffer.wrap(bytes, 0, split));
            zlib.feed(ByteBuffer.wrap(bytes, split, length - split));

            assertThat(zlib.damaged()).isTrue();
            assertThat(out.size()).isZero();
        }
    }

    private static byte[] optionalFields(int flags) {
        String fields = ((flags & 4) != 0 ? "\u0003\u0000abc" : "")
                + ((flags & 8) != 0 ? "name\u0000" : "")
                + ((flags & 16) != 0 ? "comment\u0000" : "")
                + ((flags & 2) != 0 ? "cc" : "");
        return fields.getBytes(ISO_8859_1);
    }
}
