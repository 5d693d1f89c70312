package io.ccflare.adapter.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

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
        Scheduler.Task beginning =
                meta.getConnector().getScheduler().schedule(watch::begin, BEGINS_AFTER_MILLIS, TimeUnit.MILLISECONDS);
        return () -> {
            beginning.cancel();
            watch.stop();
        };
    }

    private static final class Watch implements Callback {

        private final AbstractEndPoint endPoint;
        private final Connection.UpgradeFrom ahead;
        private final Connection.UpgradeTo back;
        private final Runnable hungUp;
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
            if (registered) {
                endPoint.getFillInterest().fillable();
            }
        }

        @Override
        public void succeeded() {
            if (gone()) {
                hungUp.run();
            }
        }

        private synchronized boolean gone() {
            registered = false;
            if (over) {
                return false;
            }
            ByteBuffer bytes = BufferUtil.allocate(PROBE);
            try {
                int count = endPoint.fill(bytes);
                if (count == 0) {
                    begin();
                    return false;
                }
                over = true;
                if (count > 0) {
                    back.onUpgradeTo(bytes);
                }
                return count < 0;
            } catch (IOException reset) {
                over = true;
                return true;
            }
        }

        @Override
        public void failed(Throwable closed) {
            boolean news;
            synchronized (this) {
                registered = false;
                news = !over;
                over = true;
            }
            if (news) {
                hungUp.run();
            }
        }
    }
}
