package io.ccflare.core.call;

/** How a response that was opened to the client ended. */
enum Ending {
    COMPLETE,
    /** It broke off, or ended before its last event. */
    CUT,
    /** The upstream fell silent. */
    IDLE,
    /** The client cancelled or closed it. */
    CANCELLED,
    /** The client took no more of it, or never began. */
    UNREAD,
    /** The gateway was closed. */
    SHUT_DOWN
}
