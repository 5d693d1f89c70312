package io.ccflare.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.benchmarks.MessagesBody;
import java.nio.ByteBuffer;

/** Writes requests as they go over the wire; each connection is a session of its own. */
final class Requests {

    private Requests() {}

    /** A request for a JSON answer whose body has about so many bytes. */
    static ByteBuffer message(int connection, int bytes) {
        return post(connection, messageBody(bytes));
    }

    /** The body of a request for a JSON answer, about so many bytes of it. */
    static byte[] messageBody(int bytes) {
        String body = new String(MessagesBody.ofSize(bytes), UTF_8).replace("\"stream\":true,", "");
        return body.getBytes(UTF_8);
    }

    /** A request for a stream. */
    static ByteBuffer stream(int connection, int bytes) {
        return post(connection, MessagesBody.ofSize(bytes));
    }

    private static ByteBuffer post(int connection, byte[] body) {
        byte[] head = ("POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        + "Accept: application/json\r\nUser-Agent: ccflare-load\r\nanthropic-version: 2023-06-01\r\n"
                        + "x-api-key: load-client\r\nx-claude-code-session-id: session-" + connection
                        + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(US_ASCII);
        return ByteBuffer.allocate(head.length + body.length)
                .put(head)
                .put(body)
                .flip()
                .asReadOnlyBuffer();
    }
}
