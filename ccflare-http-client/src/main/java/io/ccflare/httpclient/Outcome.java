package io.ccflare.httpclient;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** What a call that has ended comes to for the thread that waited. */
final class Outcome {

    private Outcome() {}

    /**
     * @param done is done
     * @throws IOException whatever the call failed with, so that the trace shows who waited
     */
    static <T> T of(Future<T> done) throws IOException, InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof HttpTimeoutException) {
                IOException late = new HttpTimeoutException(cause.getMessage());
                late.initCause(cause);
                throw late;
            }
            throw new IOException(cause.getMessage(), cause);
        }
    }
}
