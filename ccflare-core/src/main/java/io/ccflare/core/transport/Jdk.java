package io.ccflare.core.transport;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a newer JDK than 17 does better, where it runs. */
final class Jdk {

    private static final @Nullable MethodHandle SHUTDOWN_NOW = find(HttpClient.class, "shutdownNow", void.class);
    private static final @Nullable MethodHandle SHUTDOWN = find(HttpClient.class, "shutdown", void.class);
    private static final @Nullable MethodHandle AWAIT_TERMINATION =
            find(HttpClient.class, "awaitTermination", boolean.class, Duration.class);
    /** Whether a client can be told to end: from JDK 21 on. */
    static final boolean ENDS_CLIENTS = SHUTDOWN != null;

    private static final @Nullable MethodHandle HEAD =
            find(HttpRequest.Builder.class, "HEAD", HttpRequest.Builder.class);

    private Jdk() {}

    /**
     * Ends a client's threads and connections and waits for them, from JDK 21 on. Before, a client's selector thread and idle
     * connections go when the garbage collector finds that nobody refers to it.
     */
    static void shutDown(HttpClient client, Duration atMost) {
        if (SHUTDOWN_NOW == null || AWAIT_TERMINATION == null) {
            return;
        }
        try {
            SHUTDOWN_NOW.invoke(client);
            boolean ended = (boolean) AWAIT_TERMINATION.invoke(client, atMost);
            if (!ended) {
                System.getLogger(Jdk.class.getPackageName())
                        .log(System.Logger.Level.DEBUG, "the HTTP client needs more than {0} to end", atMost);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Ends a client as soon as its calls are over, from JDK 21 on. Before, that is what the garbage collector does anyway. */
    static void shutDownWhenIdle(HttpClient client) {
        if (SHUTDOWN == null) {
            return;
        }
        try {
            SHUTDOWN.invoke(client);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A HEAD request; before JDK 18 it carries {@code Content-Length: 0}, as do all requests without a body on JDK 17. */
    static HttpRequest.Builder head(HttpRequest.Builder request) {
        if (HEAD == null) {
            return request.method("HEAD", BodyPublishers.noBody());
        }
        try {
            return (HttpRequest.Builder) HEAD.invoke(request);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(
                "the JDK's HTTP client failed: " + e.getClass().getName(), e);
    }

    private static @Nullable MethodHandle find(Class<?> type, String name, Class<?> result, Class<?>... parameters) {
        try {
            return MethodHandles.publicLookup().findVirtual(type, name, MethodType.methodType(result, parameters));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }
}
