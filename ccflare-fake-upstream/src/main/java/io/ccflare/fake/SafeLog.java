package io.ccflare.fake;

/** A log that never throws: without a free file descriptor a logger may fail to load its classes, and standard error has to do. */
record SafeLog(System.Logger logger) {

    void tell(System.Logger.Level level, String what, Throwable why) {
        try {
            logger.log(level, what, why);
        } catch (RuntimeException | Error unlogged) {
            System.err.println(level + ": " + what + ": " + why + "; and it could not be logged: " + unlogged);
        }
    }
}
