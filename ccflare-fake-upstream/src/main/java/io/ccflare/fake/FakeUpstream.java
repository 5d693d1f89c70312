package io.ccflare.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An imitation of the Anthropic API on loopback, in plain HTTP/1.1. It knows the accounts that {@link #account(String)} names and
 * refuses every other credential with 401, as the real one does. Bodies, events, usage, limit headers and ids look real; token
 * counts follow from the request, and a prompt that came before is read from the cache.
 *
 * <p>Routes: {@code POST /v1/messages} (JSON and stream; {@code max_tokens} must be there and limits nothing; tools are called
 * when {@code tool_choice} forces it or the last message contains {@code [use tool]}), {@code /v1/messages/count_tokens},
 * {@code /v1/models}, {@code /v1/messages/batches}, {@code /v1/files}; anything else is 404.
 *
 * <p>One daemon thread serves every connection, so thousands of slow streams cost little. A peer that closes its side of a
 * connection, even only for writing, counts as gone. Thread-safe; pauses are real time, header times are the injected clock's.
 *
 * @since 1.0
 */
public final class FakeUpstream implements AutoCloseable {
    private final Monitor monitor;
    private final Service service;
    private final EventLoop loop;
    private final ClosedPort closedPort;

    private FakeUpstream(Settings settings, Settings.Pace pace) throws IOException {
        this.monitor = new Monitor();
        this.service = new Service(settings, pace, monitor);
        this.loop = new EventLoop(service, monitor, settings.port());
        this.closedPort = new ClosedPort();
    }

    /**
     * Starts a server with defaults on a free port of 127.0.0.1.
     *
     * @throws UncheckedIOException if no port can be bound
     */
    public static FakeUpstream start() {
        return builder().start();
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns {@code http://127.0.0.1:port}, without a slash at the end. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** Returns the port. */
    public int port() {
        return loop.port();
    }

    /** Returns an address that refuses connections as long as this server is open. */
    public URI refusingUri() {
        return closedPort.uri();
    }

    /** Returns where requests must go to meet the fault: {@link #refusingUri()} for {@link Fault#REFUSED}, else {@link #uri()}. */
    public URI uriFor(Fault fault) {
        return fault.name().equals(Fault.REFUSED.name()) ? refusingUri() : uri();
    }

    /** Returns the handle of the account with this credential; the first call makes it known, healthy. */
    public FakeAccount account(String credential) {
        return service.account(credential);
    }

    /**
     * Sets the pause before each content event of streams that begin from now on; zero for none, the default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public FakeUpstream eventInterval(Duration interval) {
        service.pace(new Settings.Pace(interval, service.pace().deltas()));
        return this;
    }

    /**
     * Sets how many text deltas answers that begin from now on have; default 12.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public FakeUpstream deltas(int count) {
        service.pace(new Settings.Pace(service.pace().interval(), count));
        return this;
    }

    /** Answers every request exactly so, whatever its credential and path; null ends that. */
    public FakeUpstream respondWith(@Nullable Answer answer) {
        service.fix(answer);
        return this;
    }

    /** Returns the newest calls of all accounts and of none, the oldest first. */
    public List<RecordedCall> requests() {
        return monitor.read(service.recorder()::calls);
    }

    /** Returns how many requests were read completely. */
    public long count() {
        return monitor.read(service.recorder()::count);
    }

    /** Returns how many requests could not be read: malformed, too large, or cut by the peer. */
    public long unreadable() {
        return monitor.read(service::unreadable);
    }

    /** Returns how many responses have not ended. */
    public int openStreams() {
        return monitor.read(service.recorder()::open);
    }

    /** Returns how many responses the peer left before their end. */
    public long canceled() {
        return monitor.read(service.recorder()::canceled);
    }

    /** Returns how many connections are open, idle ones included. */
    public int openConnections() {
        return monitor.read(loop::open);
    }

    /** Returns how many connections were ever accepted. */
    public int acceptedConnections() {
        return monitor.read(loop::accepted);
    }

    /**
     * Waits until a condition over this server and its accounts holds. It is looked at after each change here, so it must not
     * depend on anything else.
     *
     * @throws AssertionError if it does not hold in time; {@code what} stands in the message
     */
    public void await(String what, Duration atMost, BooleanSupplier condition) {
        monitor.await(what, atMost, condition);
    }

    /** Forgets all calls and counts, heals every account, and ends {@link #respondWith}. Open responses go on. */
    public void reset() {
        service.reset();
    }

    /** Ends every connection and the server's thread. Idempotent. */
    @Override
    public void close() {
        try {
            loop.close();
            closedPort.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The reserved port could not be given back", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Settings of a server.
     *
     * @since 1.0
     */
    public static final class Builder {
        private int port;
        private boolean acceptAnyKey;
        private InstantSource clock = InstantSource.system();
        private int capture = 1 << 20;
        private int keepCalls = 10_000;
        private Duration interval = Duration.ZERO;
        private int deltas = 12;

        private Builder() {}

        /** Sets the port; 0, the default, takes a free one. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** Makes every credential known on first sight. */
        public Builder acceptAnyKey() {
            acceptAnyKey = true;
            return this;
        }

        /** Sets the time that headers and records carry. Default: the system's. */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Sets {@link FakeUpstream#eventInterval(Duration)} from the start. */
        public Builder eventInterval(Duration pause) {
            interval = pause;
            return this;
        }

        /** Sets {@link FakeUpstream#deltas(int)} from the start. */
        public Builder deltas(int count) {
            deltas = count;
            return this;
        }

        /**
         * Sets how much is remembered. Zero for both makes the server fit for load runs.
         *
         * @param calls newest calls kept, per account and in all; default 10,000
         * @param bytes kept of each request and response body; with 0 there are no digests either; default 1 MiB
         */
        public Builder record(int calls, int bytes) {
            keepCalls = calls;
            capture = bytes;
            return this;
        }

        /**
         * Starts the server.
         *
         * @throws UncheckedIOException if the port cannot be bound
         * @throws IllegalArgumentException if a setting is negative
         */
        public FakeUpstream start() {
            try {
                FakeUpstream fake = new FakeUpstream(
                        new Settings(port, acceptAnyKey, clock, capture, keepCalls),
                        new Settings.Pace(interval, deltas));
                fake.loop.start();
                return fake;
            } catch (IOException e) {
                throw new UncheckedIOException("The fake upstream cannot listen on 127.0.0.1 port " + port, e);
            }
        }
    }
}
