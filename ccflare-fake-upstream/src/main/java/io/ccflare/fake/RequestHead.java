package io.ccflare.fake;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Request line and headers. */
record RequestHead(String method, String target, String version, List<HeaderField> headers) {

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    @Nullable
    String first(String name) {
        return headers.stream()
                .filter(h -> h.name().equalsIgnoreCase(name))
                .map(HeaderField::value)
                .findFirst()
                .orElse(null);
    }

    List<String> values(String name) {
        return headers.stream()
                .filter(h -> h.name().equalsIgnoreCase(name))
                .map(HeaderField::value)
                .toList();
    }

    boolean says(String name, String token) {
        return values(name).stream()
                .flatMap(v -> List.of(v.split(",")).stream())
                .anyMatch(t -> t.strip().equalsIgnoreCase(token));
    }

    /** The credential of the request, or null when it brings none. */
    @Nullable
    String credential() {
        String key = first("x-api-key");
        if (key != null) {
            return key;
        }
        String authorization = first("authorization");
        boolean bearer = authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7);
        return bearer && authorization != null ? authorization.substring(7).strip() : null;
    }

    boolean keepsConnection() {
        return version.equals("HTTP/1.1") ? !says("connection", "close") : says("connection", "keep-alive");
    }
}
