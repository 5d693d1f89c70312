package io.ccflare.core.call;

import io.ccflare.core.json.JsonPaths;
import io.ccflare.core.json.JsonScanner;
import io.ccflare.core.json.JsonSink;
import io.ccflare.core.json.Utf8Text;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads from a request body what routing needs, in one forward scan: the model, whether a stream is asked for, the user id, and if
 * wanted a digest of system prompt and first user message. What the body is otherwise, even whether it is JSON, is for the provider to
 * judge. Of a repeated key the last one counts.
 */
public final class BodyScan implements JsonSink {

    private static final int MODEL = 0;
    private static final int STREAM = 1;
    private static final int USER_ID = 2;
    private static final int ROLE = 3;
    private static final int MESSAGE = 4;
    private static final int SYSTEM = 5;
    private static final int SYSTEM_TEXT = 6;
    private static final int CONTENT = 7;
    private static final int CONTENT_TEXT = 8;

    private static final JsonPaths PLAIN = JsonPaths.of("model", "stream", "metadata.user_id");
    private static final JsonPaths WITH_BEGINNING = JsonPaths.of(
            "model",
            "stream",
            "metadata.user_id",
            "messages[].role",
            "messages[]",
            "system!",
            "system[].text!",
            "messages[].content!",
            "messages[].content[].text!");

    private static final int MAX_TEXT = 2048;

    private final JsonScanner scanner;
    private @Nullable String model;
    private boolean stream;
    private @Nullable String userId;

    private final Beginning system = new Beginning();
    private final Beginning message = new Beginning();
    private boolean roleIsUser;
    private boolean firstMessageFound;

    private BodyScan(boolean withBeginning) {
        this.scanner = new JsonScanner(withBeginning ? WITH_BEGINNING : PLAIN, MAX_TEXT, this);
    }

    /** @param withBeginning whether {@link #beginning} will be asked for */
    public static BodyScan of(List<ByteBuffer> body, boolean withBeginning) {
        BodyScan scan = new BodyScan(withBeginning);
        for (int i = 0; i < body.size(); i++) {
            scan.scanner.feed(body.get(i));
        }
        return scan;
    }

    public @Nullable String model() {
        return model;
    }

    public boolean stream() {
        return stream;
    }

    @Nullable
    String userId() {
        return userId;
    }

    /**
     * A digest of the text of system prompt and first user message; null if they have fewer than {@code minimum} bytes or there is no such
     * message. Text only: cache marks move from turn to turn.
     */
    byte @Nullable [] beginning(int minimum) {
        if (!firstMessageFound || system.bytes + message.bytes < minimum) {
            return null;
        }
        MessageDigest both = SessionKey.newDigest();
        both.update(system.digest().digest());
        return both.digest(message.digest().digest());
    }

    @Override
    public void string(int path, Utf8Text text) {
        if (path == MODEL) {
            model = text.truncated() ? null : text.toString();
        } else if (path == USER_ID) {
            userId = text.truncated() ? null : text.toString();
        } else if (path == ROLE) {
            roleIsUser = text.toString().equals("user");
        }
    }

    @Override
    public void bool(int path, boolean value) {
        if (path == STREAM) {
            stream = value;
        }
    }

    @Override
    public void end(int path) {
        if (path == MESSAGE && !firstMessageFound) {
            firstMessageFound = roleIsUser;
            if (!roleIsUser) {
                message.restart();
            }
            roleIsUser = false;
        }
    }

    @Override
    public void raw(int path, byte[] bytes, int from, int to) {
        if (path == SYSTEM) {
            system.wholeIfString(bytes, from, to);
        } else if (path == SYSTEM_TEXT) {
            system.add(bytes, from, to);
        } else if (path == CONTENT && !firstMessageFound) {
            message.wholeIfString(bytes, from, to);
        } else if (path == CONTENT_TEXT && !firstMessageFound) {
            message.add(bytes, from, to);
        }
    }

    @Override
    public void rawEnd(int path) {
        if (path == SYSTEM) {
            system.valueEnds();
        } else if (path == CONTENT) {
            message.valueEnds();
        }
    }

    /** The text of a prompt, which is either a string or an array of blocks with texts. */
    private static final class Beginning {

        private @Nullable MessageDigest digest;
        private long bytes;
        private boolean begun;
        private boolean string;

        void wholeIfString(byte[] segment, int from, int to) {
            if (!begun && from < to) {
                begun = true;
                string = segment[from] == '"';
            }
            if (string) {
                add(segment, from, to);
            }
        }

        void add(byte[] segment, int from, int to) {
            digest().update(segment, from, to - from);
            bytes += to - from;
        }

        void valueEnds() {
            begun = false;
            string = false;
        }

        void restart() {
            digest = null;
            bytes = 0;
        }

        private MessageDigest digest() {
            MessageDigest made = digest;
            if (made == null) {
                made = SessionKey.newDigest();
                digest = made;
            }
            return made;
        }
    }
}
