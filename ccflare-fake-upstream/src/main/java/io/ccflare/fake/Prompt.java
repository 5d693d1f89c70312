package io.ccflare.fake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a request counts as its prompt: for each prefix (tools and system, then one message more each time) a fingerprint and a
 * size. Cache marks are left out, because clients move them from turn to turn.
 */
final class Prompt {
    private final List<Long> fingerprints = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private long hash = 0xcbf29ce484222325L;
    private long size;
    private boolean oneHour;

    Prompt(Map<String, Object> body) {
        add(body.get("model"));
        add(body.get("tools"));
        add(body.get("system"));
        mark();
        if (body.get("messages") instanceof List<?> messages) {
            for (Object message : messages) {
                add(message);
                mark();
            }
        }
    }

    /** Every prefix, the shortest first. */
    List<Long> fingerprints() {
        return fingerprints;
    }

    /** Tokens up to the prefix of that index: four bytes each, as a rule of thumb. */
    long tokens(int prefix) {
        return sizes.get(prefix) / 4;
    }

    long tokens() {
        return Math.max(1, size / 4);
    }

    /** Whether any cache mark asks for an hour. */
    boolean isOneHour() {
        return oneHour;
    }

    private void mark() {
        fingerprints.add(hash);
        sizes.add(size);
    }

    private void add(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, member) -> {
                if ("cache_control".equals(name)) {
                    oneHour |= member instanceof Map<?, ?> mark && "1h".equals(mark.get("ttl"));
                } else {
                    add(name);
                    add(member);
                }
            });
        } else if (value instanceof List<?> list) {
            list.forEach(this::add);
        } else if (value != null) {
            text(value.toString());
        }
    }

    private void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ 0x1f) * 0x100000001b3L;
        size += text.length() + 1;
    }
}
