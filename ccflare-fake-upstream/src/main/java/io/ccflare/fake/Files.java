package io.ccflare.fake;

import java.util.AbstractList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code /v1/files}: remembers who uploaded how much, not what. A file exists for the account that made it alone. */
final class Files {
    private static final int PIECE = 64 * 1024;

    private record Stored(FakeAccount owner, String id, long size, String createdAt) {
        String json() {
            return "{\"id\":\"" + id + "\",\"type\":\"file\",\"filename\":\"upload.bin\",\"mime_type\":"
                    + "\"application/octet-stream\",\"size_bytes\":" + size + ",\"created_at\":\"" + createdAt
                    + "\",\"downloadable\":true}";
        }
    }

    private final Ids ids;
    private final Map<String, Stored> files = new LinkedHashMap<>();

    Files(Ids ids) {
        this.ids = ids;
    }

    Reply reply(Exchange x, String method, String path) {
        String rest = path.substring("/v1/files".length());
        if (rest.isEmpty()) {
            return method.equals("POST") ? store(x) : method.equals("GET") ? list(x) : notAllowed(x);
        }
        boolean content = rest.endsWith("/content");
        String id = rest.substring(1, rest.length() - (content ? "/content".length() : 0));
        Stored file = files.get(id);
        if (file == null || file.owner() != x.account()) {
            return Routes.notFound(x, "File not found: " + id);
        }
        if (method.equals("DELETE") && !content) {
            files.remove(id);
            return Reply.json(200, "{\"id\":\"" + id + "\",\"type\":\"file_deleted\"}");
        }
        if (!method.equals("GET")) {
            return notAllowed(x);
        }
        return content ? download(file.size()) : Reply.json(200, file.json());
    }

    private Reply store(Exchange x) {
        String id = ids.next("file_");
        Stored file = new Stored(x.account(), id, x.call().bodyLength(), x.now().toString());
        files.put(id, file);
        return Reply.json(200, file.json());
    }

    private Reply list(Exchange x) {
        String data = files.values().stream()
                .filter(file -> file.owner() == x.account())
                .map(Stored::json)
                .collect(Collectors.joining(","));
        return Reply.json(200, "{\"data\":[" + data + "],\"has_more\":false}");
    }

    private static Reply notAllowed(Exchange x) {
        return x.bareError(405, "invalid_request_error", "Method not allowed");
    }

    /** As many bytes as were uploaded, of a pattern, made when they are sent. */
    private static Reply download(long size) {
        List<Part> pieces = new AbstractList<>() {
            @Override
            public Part get(int index) {
                long offset = (long) index * PIECE;
                return Part.at(Words.filler(offset, (int) Math.min(PIECE, size - offset)));
            }

            @Override
            public int size() {
                return (int) ((size + PIECE - 1) / PIECE);
            }
        };
        return new Reply(
                200,
                List.of(new HeaderField("Content-Type", "application/octet-stream")),
                new Framing.Length(size),
                false,
                pieces);
    }
}
