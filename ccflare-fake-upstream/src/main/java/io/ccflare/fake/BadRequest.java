package io.ccflare.fake;

/** A request that cannot be read, with the status that says so. The connection ends with the answer. */
final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    BadRequest(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
