package io.ccflare.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.logging.LogManager;

/** What the mains share: one-line logs, and an orderly end. */
final class Console {

    private Console() {}

    /** Keeps the web server's chatter away and writes one line per message, unless the user has configured logging. */
    static void quiet() {
        if (System.getProperty("java.util.logging.config.file") != null
                || System.getProperty("java.util.logging.config.class") != null) {
            return;
        }
        try (InputStream settings = Console.class.getResourceAsStream("logging.properties")) {
            LogManager.getLogManager().readConfiguration(settings);
        } catch (IOException e) {
            throw new UncheckedIOException("the logging settings cannot be read", e);
        }
    }

    /** Closes in this order when the process is asked to end (SIGTERM, Ctrl-C). */
    static void closeAtExit(AutoCloseable... inOrder) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            for (AutoCloseable next : inOrder) {
                                close(next);
                            }
                        },
                        "shutdown"));
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            System.err.println("Closing " + resource.getClass().getSimpleName() + " failed: " + e.getMessage());
        }
    }
}
