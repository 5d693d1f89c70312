package io.ccflare.api.record;

/**
 * What an attempt was, and what a request was in the end. Stored by name; a name never changes its meaning.
 *
 * @since 1.0
 */
public enum Outcome {
    /** Served. */
    OK(Fault.NONE),
    /** Refused for what the caller sent: 400, 404, 413, 422 and other 4xx that are not the account's. */
    CALLER_ERROR(Fault.CALLER),
    /** The caller hung up or cancelled. */
    CANCELLED(Fault.CALLER),
    /** The request could not be read: a target, header or body that breaks the rules of HTTP, or a body that broke off. */
    BAD_REQUEST(Fault.CALLER),
    /** The body is larger than allowed. */
    TOO_LARGE(Fault.CALLER),
    /** The path is not on the pass-through list. */
    NOT_ALLOWED(Fault.POLICY),
    /** Every account that could serve is cooling or at its limit of calls in flight. */
    EXHAUSTED(Fault.POLICY),
    /** There is no account, or none that could serve even later without its operator. */
    UNAVAILABLE(Fault.POLICY),
    /** A window of the account, or of its model class, is used up (429). */
    RATE_LIMITED(Fault.PROVIDER),
    /** A 429 that names no window: meant for this one request. */
    THROTTLED(Fault.PROVIDER),
    /** A spending limit of the account is reached. */
    SPEND_CAPPED(Fault.PROVIDER),
    /** The provider is overloaded (529). */
    OVERLOADED(Fault.PROVIDER),
    /** Any other 5xx, or an error event before any content. */
    SERVER_ERROR(Fault.PROVIDER),
    /** The account's credential was refused (401). */
    UNAUTHORIZED(Fault.PROVIDER),
    /** The account may not do this (403). */
    FORBIDDEN(Fault.PROVIDER),
    /** An error event after content had been delivered. */
    STREAM_ERROR(Fault.PROVIDER),
    /** No connection could be made. */
    CONNECT_FAILED(Fault.NETWORK),
    /** The connection broke before a status came, or what came was not HTTP. */
    DROPPED(Fault.NETWORK),
    /** The body broke off, or a message stream ended without its last event. */
    CUT(Fault.NETWORK),
    /** Nothing came within the time allowed. */
    TIMED_OUT(Fault.NETWORK),
    /** Too many calls in flight, or too much gathered in memory. */
    BUSY(Fault.GATEWAY),
    /** A defect in the gateway, a provider or a strategy. */
    GATEWAY_ERROR(Fault.GATEWAY),
    /** Told by a newer version. */
    UNKNOWN(Fault.UNKNOWN);

    private final Fault fault;

    Outcome(Fault fault) {
        this.fault = fault;
    }

    /** Who is at fault. */
    public Fault fault() {
        return fault;
    }
}
