package io.ccflare.core.call;

import java.io.IOException;

/** A response broke off; who takes it must make that visible. */
final class CutException extends IOException {

    private static final long serialVersionUID = 1L;

    CutException(String message) {
        super(message);
    }
}
