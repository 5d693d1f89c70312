package io.ccflare.core.json;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** All that can be seen of one scan. */
record Scan(JsonScanner.Result result, List<String> values, Map<Integer, Integer> unfinishedRaws) {

    static final int PLENTY = 8192;

    static final List<Function<byte[], ByteBuffer>> BUFFERS = List.of(
            ByteBuffer::wrap,
            bytes -> ByteBuffer.wrap(bytes).asReadOnlyBuffer(),
            bytes -> ByteBuffer.allocateDirect(bytes.length).put(bytes).flip(),
            bytes -> amid(ByteBuffer.allocate(bytes.length + 11), bytes),
            bytes -> amid(ByteBuffer.allocateDirect(bytes.length + 11), bytes),
            bytes -> ByteBuffer.allocate(bytes.length + 11)
                    .position(7)
                    .slice()
                    .put(bytes)
                    .flip());

    static Scan whole(JsonPaths paths, byte[] document) {
        return inPieces(paths, document, ByteBuffer::wrap, document.length);
    }

    static Scan byteByByte(JsonPaths paths, byte[] document) {
        int[] cuts = new int[document.length];
        Arrays.setAll(cuts, i -> i);
        return inPieces(paths, document, ByteBuffer::wrap, cuts);
    }

    static Scan atRandomCuts(JsonPaths paths, byte[] document, Random random) {
        int[] cuts = random.ints(1 + random.nextInt(6), 0, document.length + 1)
                .sorted()
                .toArray();
        return inPieces(paths, document, BUFFERS.get(random.nextInt(BUFFERS.size())), cuts);
    }

    static Scan inPieces(JsonPaths paths, byte[] document, Function<byte[], ByteBuffer> buffers, int... cuts) {
        RecordedValues values = new RecordedValues();
        JsonScanner scanner = new JsonScanner(paths, PLENTY, values);
        return feed(scanner, values, document, buffers, cuts);
    }

    static Scan feed(
            JsonScanner scanner,
            RecordedValues values,
            byte[] document,
            Function<byte[], ByteBuffer> buffers,
            int... cuts) {
        int from = 0;
        for (int i = 0; i <= cuts.length; i++) {
            int to = i < cuts.length ? cuts[i] : document.length;
            ByteBuffer segment = buffers.apply(Arrays.copyOfRange(document, from, to));
            int position = segment.position();
            int limit = segment.limit();
            scanner.feed(segment);
            if (segment.position() != position || segment.limit() != limit) {
                throw new AssertionError("the scanner moved the caller's buffer");
            }
            from = to;
        }
        return new Scan(scanner.finish(), values.lines, values.unfinishedRaws());
    }

    private static ByteBuffer amid(ByteBuffer larger, byte[] bytes) {
        larger.put(5, bytes);
        return larger.position(5).limit(5 + bytes.length);
    }
}
