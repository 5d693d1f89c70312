package io.ccflare.fake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Compresses a body piece by piece, each piece readable as soon as it arrives. */
final class Gzip {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final GZIPOutputStream gzip;

    Gzip() {
        try {
            gzip = new GZIPOutputStream(out, 512, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Step compress(Step step) {
        return step instanceof Step.Body body ? new Step.Body(add(body.bytes())) : step;
    }

    byte[] whole(List<Part> parts) {
        parts.forEach(part -> write(part.bytes()));
        return end();
    }

    byte[] end() {
        try {
            gzip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return taken();
    }

    private byte[] add(byte[] bytes) {
        write(bytes);
        try {
            gzip.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return taken();
    }

    private void write(byte[] bytes) {
        try {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] taken() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }
}
