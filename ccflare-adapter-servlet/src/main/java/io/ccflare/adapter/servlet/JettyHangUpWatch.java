package io.ccflare.adapter.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Notices hang-ups on Jetty 12.1 (ee10), HTTP/1: reads on while the response is pending. The end of the stream means that the caller has
 * gone, and so counts a caller that closes only its sending side, as it does for nginx; bytes of a next request are handed to
 * Jetty and end the watch, and where Jetty has such bytes already nothing is watched. HTTP/2 connections need no watch. It begins a
 * moment after the request has been read: most of what a watch costs is two more turns of Jetty's selector, which an answer that comes at
 * once need not pay. Uses
 * Jetty's public connection classes, present only on Jetty.
 *
 * @since 1.0
 */
public final class JettyHangUpWatch implements HangUpWatch {

    private static final int PROBE = 1024;
    private static final long BEGINS_AFTER_MILLIS = 50;

    private volatile @Nullable CoarseTimer timer;

    @Override
    public Runnable watch(HttpServletRequest request, Runnable hungUp) {
        ServletContextRequest jetty = ServletContextRequest.getServletContextRequest(request);
        if (jetty == null) {
            return NONE.watch(request, hungUp);
        }
        ConnectionMetaData meta = jetty.getConnectionMetaData();
        Connection connection = meta.getConnection();
        if (meta.getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()
                || !(connection instanceof Connection.UpgradeTo back)
                || !(connection instanceof Connection.UpgradeFrom ahead)
                || !(connection.getEndPoint() instanceof AbstractEndPoint endPoint)) {
            return NONE.watch(request, hungUp);
        }
        Watch watch = new Watch(endPoint, ahead, back, hungUp);
        timer(meta.getConnector().getScheduler()).later(watch::begin);
        return watch::stop;
    }

    /** A mount mostly has one connector; with several, they have timers in turns. */
    private CoarseTimer timer(Scheduler scheduler) {
        CoarseTimer last = timer;
        if (last == null || !last.runsOn(scheduler)) {
            last = new CoarseTimer(scheduler, BEGINS_AFTER_MILLIS);
            timer = last;
        }
        return last;
    }

    private static final class Watch implements Callback {

        private final AbstractEndPoint endPoint;
        private final Connection.UpgradeFrom ahead;
        private final Connection.UpgradeTo back;

        /** Let go of when it is over: the timer may keep this watch for a while longer. */
        private @Nullable Runnable hungUp;

        private boolean registered;
        private boolean over;

        Watch(AbstractEndPoint endPoint, Connection.UpgradeFrom ahead, Connection.UpgradeTo back, Runnable hungUp) {
            this.endPoint = endPoint;
            this.ahead = ahead;
            this.back = back;
            this.hungUp = hungUp;
        }

        synchronized void begin() {
            if (over || sentAhead()) {
                over = true;
                return;
            }
            // Before the call, which may call back before it returns.
            registered = true;
            if (!endPoint.tryFillInterested(this)) {
                registered = false;
            }
        }

        /** Whether Jetty holds bytes of a next request already: its buffer may have no room for what a watch would read after them. */
        private boolean sentAhead() {
            ByteBuffer bytes = ahead.onUpgradeFrom();
            if (bytes == null) {
                return false;
            }
            back.onUpgradeTo(bytes);
            return true;
        }

        /** Jetty takes a read that is pending when a response ends for an error: ours is called back and forgotten. */
        synchronized void stop() {
            over = true;
            hungUp = null;
            if (registered) {
                endPoint.getFillInterest().fillable();
            }
        }

        @Override
        public void succeeded() {
            tell(gone());
        }

        private static void tell(@Nullable Runnable whom) {
            if (whom != null) {
                whom.run();
            }
        }

        /** Whom to tell that the caller has gone; null if it has not. */
        private synchronized @Nullable Runnable gone() {
            registered = false;
            if (over) {
                return null;
            }
            ByteBuffer bytes = BufferUtil.allocate(PROBE);
            try {
                int count = endPoint.fill(bytes);
                if (count == 0) {
                    begin();
                    return null;
                }
                over = true;
                if (count > 0) {
                    back.onUpgradeTo(bytes);
                }
                return count < 0 ? hungUp : null;
            } catch (IOException reset) {
                over = true;
                return hungUp;
            }
        }

        @Override
        public void failed(Throwable closed) {
            Runnable whom;
            synchronized (this) {
                registered = false;
                whom = over ? null : hungUp;
                over = true;
            }
            tell(whom);
        }
    }
}
