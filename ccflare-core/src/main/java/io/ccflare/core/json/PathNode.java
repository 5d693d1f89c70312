package io.ccflare.core.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One place in the tree of paths that a scanner looks for. Built by {@link JsonPaths}, then never changed. */
final class PathNode {

    static final int NONE = -1;

    final @Nullable PathNode parent;
    final byte[] key;
    final int level;
    int path = NONE;
    int rawPath = NONE;
    PathNode[] children = {};

    @Nullable
    PathNode element;

    PathNode(@Nullable PathNode parent, byte[] key) {
        this.parent = parent;
        this.key = key;
        this.level = parent == null ? 0 : parent.level + 1;
    }

    @Nullable
    PathNode child(byte[] bytes, int from, int to) {
        for (PathNode child : children) {
            if (child.key.length == to - from && Arrays.equals(child.key, 0, child.key.length, bytes, from, to)) {
                return child;
            }
        }
        return null;
    }

    @Nullable
    PathNode child(Utf8Text name) {
        for (PathNode child : children) {
            if (name.contentEquals(child.key)) {
                return child;
            }
        }
        return null;
    }
}
