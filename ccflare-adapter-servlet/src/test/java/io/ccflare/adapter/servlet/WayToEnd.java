package io.ccflare.adapter.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;

/** What the Servlet API offers to somebody who wants to end an asynchronous response after bytes of it were written. */
enum WayToEnd {
    COMPLETE("`complete()`"),
    THROW("throw from `onWritePossible`, `complete()` in `onError`"),
    SEND_ERROR("`sendError(-1)`, then `complete()`"),
    DISPATCH("`dispatch()` to a servlet that throws");

    static final String HALF = "half,";

    private final String title;

    WayToEnd(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }

    /** Runs something on a thread of its own, as an upstream would, when the latch is open. */
    static void after(CountDownLatch latch, Runnable then) {
        Thread thread = new Thread(() -> {
            try {
                latch.await();
                then.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void end(AsyncContext async, HttpServletResponse response) {
        if (this == DISPATCH) {
            async.dispatch();
            return;
        }
        if (this == SEND_ERROR) {
            try {
                response.sendError(-1);
            } catch (IllegalStateException | IllegalArgumentException refused) {
                // The table tells what follows.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        async.complete();
    }

    /** Answers half of a body, then ends it in one of the ways. */
    static final class Ending extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final WayToEnd way;
        private final boolean length;
        private final transient CountDownLatch broken;

        Ending(WayToEnd way, boolean length, CountDownLatch broken) {
            this.way = way;
            this.length = length;
            this.broken = broken;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                throw new IOException("broken off");
            }
            AsyncContext async = request.startAsync();
            async.setTimeout(0);
            if (length) {
                response.setContentLength(10);
            }
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private boolean written;

                @Override
                public void onWritePossible() throws IOException {
                    if (!written && out.isReady()) {
                        written = true;
                        out.print(HALF);
                        if (out.isReady()) {
                            out.flush();
                        }
                        if (way != THROW) {
                            after(broken, () -> way.end(async, response));
                        }
                    }
                    if (way == THROW) {
                        throw new IOException("broken off");
                    }
                }

                @Override
                public void onError(Throwable cause) {
                    async.complete();
                }
            });
        }
    }
}
