package io.ccflare.adapter.vertx;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.List;

/** Translates a response. */
final class Outgoing {

    private Outgoing() {}

    /** Whether a response of this status has a body at all. */
    static boolean mayHaveBody(int status) {
        return status != 204 && status != 205 && status != 304;
    }

    /**
     * How long the body says that it is, -1 when it does not.
     *
     * @throws IllegalArgumentException if the response is one that cannot be sent
     */
    static long length(GatewayResponse answer) {
        if (answer.status() < 200 || answer.status() > 999) {
            throw new IllegalArgumentException("the handler answered with the status " + answer.status());
        }
        long length = -1;
        Headers headers = answer.headers();
        for (int i = 0; i < headers.size(); i++) {
            if (headers.name(i).equalsIgnoreCase("Content-Length")) {
                long told = number(headers.value(i));
                if (told < 0 || length >= 0) {
                    throw new IllegalArgumentException(
                            "the handler answered with a Content-Length that is not one length");
                }
                length = told;
            }
        }
        return length;
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }

    /**
     * Sets status and headers. What the host has set before stays, unless there may be only one of it.
     *
     * @throws IllegalArgumentException if Vert.x refuses one; then no header is left
     */
    static void head(GatewayResponse answer, HttpServerResponse response) {
        try {
            fill(answer, response);
        } catch (IllegalArgumentException e) {
            response.headers().clear();
            throw e;
        }
    }

    private static void fill(GatewayResponse answer, HttpServerResponse response) {
        response.setStatusCode(answer.status());
        MultiMap to = response.headers();
        boolean preset = !to.isEmpty();
        if (preset) {
            to.remove(HttpHeaders.TRANSFER_ENCODING);
            to.remove(HttpHeaders.CONTENT_LENGTH);
        }
        boolean bodiless = !mayHaveBody(answer.status());
        Headers headers = answer.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.equalsIgnoreCase("Transfer-Encoding") || bodiless && name.equalsIgnoreCase("Content-Length")) {
                continue;
            }
            String value = headers.value(i);
            if (preset && isSingle(name)) {
                to.set(name, value);
            } else if (isAscii(value)) {
                to.add(name, value);
            } else {
                // Vert.x writes text as ASCII, but these as they are.
                to.add((CharSequence) name, HttpHeaders.createOptimized(value));
            }
        }
    }

    /** A batch as Vert.x writes it, without a copy: its buffers are the writer's. */
    static Buffer body(List<ByteBuffer> batch) {
        ByteBuf bytes = batch.size() == 1
                ? Unpooled.wrappedBuffer(batch.get(0))
                : Unpooled.wrappedBuffer(batch.size(), batch.toArray(new ByteBuffer[0]));
        return BufferInternal.buffer(bytes);
    }

    private static boolean isSingle(String name) {
        return name.equalsIgnoreCase("Content-Type")
                || name.equalsIgnoreCase("Content-Encoding")
                || name.equalsIgnoreCase("Date")
                || name.equalsIgnoreCase("Server");
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0x7e) {
                return false;
            }
        }
        return true;
    }
}
