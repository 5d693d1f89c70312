package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * The set of places a {@link JsonScanner} reads, compiled once and shared. Immutable.
 *
 * <pre>{@code
 * JsonPaths.of("model", "metadata.user_id", "system!", "messages[]!", "messages[].role")
 * }</pre>
 *
 * <p>Keys are separated by dots; {@code []} is any element of an array; the empty path is the document itself. A trailing {@code !} makes
 * the path <em>raw</em>: the exact bytes of the value are handed over instead of its meaning. Paths may lie within raw ones, and the same
 * place may be read both ways. Keys that contain a dot, {@code [}, {@code ]} or {@code !} cannot be expressed.
 *
 * @since 1.0
 */
public final class JsonPaths {

    private static final int MAX_LEVELS = 64;

    final PathNode root = new PathNode(null, new byte[0]);
    int longestKey;
    int levels = 1;
    boolean anyRaw;

    private JsonPaths() {}

    /**
     * Compiles paths; the index of each is its id in {@link JsonSink}.
     *
     * @throws IllegalArgumentException if a path is not well formed, is given twice, or has more than 64 levels
     */
    public static JsonPaths of(String... paths) {
        JsonPaths compiled = new JsonPaths();
        for (int id = 0; id < paths.length; id++) {
            compiled.add(paths[id], id);
        }
        return compiled;
    }

    private void add(String path, int id) {
        boolean raw = path.endsWith("!");
        PathNode node = find(path, raw ? path.length() - 1 : path.length());
        if ((raw ? node.rawPath : node.path) != PathNode.NONE) {
            throw new IllegalArgumentException("JSON path '" + path + "' is given twice");
        }
        if (raw) {
            node.rawPath = id;
            anyRaw = true;
        } else {
            node.path = id;
        }
        levels = Math.max(levels, node.level + 1);
        if (levels > MAX_LEVELS) {
            throw new IllegalArgumentException("JSON path '" + path + "' has more than " + MAX_LEVELS + " levels");
        }
    }

    private PathNode find(String path, int end) {
        PathNode node = root;
        int at = 0;
        while (at < end) {
            if (path.startsWith("[]", at)) {
                node = element(node);
                at += 2;
            } else {
                // A dot stands before every key but the first of the document.
                int from = at == 0 ? 0 : at + 1;
                int to = from;
                while (to < end && ".[]!".indexOf(path.charAt(to)) < 0) {
                    to++;
                }
                if (to == from || (at > 0 && path.charAt(at) != '.')) {
                    throw new IllegalArgumentException("JSON path '" + path + "' is not well formed at position " + at);
                }
                node = child(node, path.substring(from, to).getBytes(UTF_8));
                at = to;
            }
        }
        return node;
    }

    private static PathNode element(PathNode node) {
        PathNode element = node.element;
        if (element == null) {
            element = new PathNode(node, new byte[0]);
            node.element = element;
        }
        return element;
    }

    private PathNode child(PathNode node, byte[] key) {
        PathNode child = node.child(key, 0, key.length);
        if (child == null) {
            child = new PathNode(node, key);
            node.children = Arrays.copyOf(node.children, node.children.length + 1);
            node.children[node.children.length - 1] = child;
            longestKey = Math.max(longestKey, key.length);
        }
        return child;
    }
}
