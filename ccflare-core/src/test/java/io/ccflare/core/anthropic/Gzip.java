package io.ccflare.core.anthropic;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** Encodes bodies as servers do. */
final class Gzip {

    private Gzip() {}

    static byte[] compress(byte[] plain) {
        return encode(plain, out -> {
            try {
                return new GZIPOutputStream(out);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        });
    }

    static byte[] zlib(byte[] plain) {
        return encode(plain, DeflaterOutputStream::new);
    }

    static byte[] bareDeflate(byte[] plain) {
        return encode(plain, out -> new DeflaterOutputStream(out, new Deflater(Deflater.DEFAULT_COMPRESSION, true)));
    }

    private static byte[] encode(byte[] plain, Function<OutputStream, OutputStream> encoder) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = encoder.apply(bytes)) {
            out.write(plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
