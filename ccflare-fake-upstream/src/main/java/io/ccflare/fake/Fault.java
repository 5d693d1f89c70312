package io.ccflare.fake;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong with a request, as providers and networks were seen to do. The constants form the
 * {@link #catalogue()}; the methods give the same faults with other numbers.
 *
 * <p>Where a fault speaks of events and the request does not stream, it strikes in the middle of the body; an error event becomes
 * the error response that the API gives instead. "After n events" counts from {@code message_start}; of a plain text answer the
 * first three (message_start, content_block_start, ping) carry no content.
 *
 * <p>Immutable.
 *
 * @since 1.0
 */
public final class Fault {
    private static final int SOME_EVENTS = 5;
    private static final Duration A_WHILE = Duration.ofSeconds(30);

    /** Nothing; for gaps in a script. Not in the catalogue. */
    public static final Fault NONE = new Fault("NONE", "Nothing goes wrong", x -> x.play(x.healthy()));

    /** 429 of a limit per minute, with {@code retry-after: 30} and the limit headers. */
    public static final Fault RATE_LIMITED = rateLimited(A_WHILE);

    /** 429 with {@code x-should-retry: true} and nothing that says how long. */
    public static final Fault RATE_LIMITED_BARE = new Fault(
            "RATE_LIMITED_BARE",
            "429 without retry-after and without limit headers, only x-should-retry: true",
            StatusBends.errorToRetry(429, "rate_limit_error", "Server is temporarily limiting requests."));

    /** 429 of the five-hour window, one hour before its reset. */
    public static final Fault UNIFIED_REJECTED_5H = unifiedRejected(UsageWindow.FIVE_HOUR, Duration.ofHours(1));

    /** 429 of the seven-day window, two days before its reset. */
    public static final Fault UNIFIED_REJECTED_7D = unifiedRejected(UsageWindow.SEVEN_DAY, Duration.ofDays(2));

    /** 429 of the seven-day window of one model family only, the account's own windows allowed. */
    public static final Fault UNIFIED_REJECTED_7D_OI = unifiedRejected(UsageWindow.SEVEN_DAY_MODEL, Duration.ofDays(2));

    /** 529. */
    public static final Fault OVERLOADED = new Fault(
            "OVERLOADED", "529 overloaded_error", StatusBends.errorToRetry(529, "overloaded_error", "Overloaded"));

    /** 500. */
    public static final Fault SERVER_ERROR = new Fault(
            "SERVER_ERROR", "500 api_error", StatusBends.errorToRetry(500, "api_error", "Internal server error"));

    /** 401, the credential refused. */
    public static final Fault UNAUTHORIZED = new Fault(
            "UNAUTHORIZED",
            "401 authentication_error",
            StatusBends.error(401, "authentication_error", "invalid x-api-key"));

    /** 403. */
    public static final Fault FORBIDDEN = new Fault(
            "FORBIDDEN",
            "403 permission_error",
            StatusBends.error(403, "permission_error", "Your account does not have permission to use this resource."));

    /** No connection. Needs the address of {@link FakeUpstream#uriFor(Fault)}; on the usual one it is a reset. */
    public static final Fault REFUSED =
            new Fault("REFUSED", "The connection is refused", x -> Stream.of(Step.Signal.RESET));

    /** RST once the request was read. */
    public static final Fault RESET_BEFORE_HEADERS = new Fault(
            "RESET_BEFORE_HEADERS", "RST after the request, before any byte", x -> Stream.of(Step.Signal.RESET));

    /** FIN once the request was read. */
    public static final Fault CLOSE_BEFORE_HEADERS = new Fault(
            "CLOSE_BEFORE_HEADERS", "FIN after the request, before any byte", x -> Stream.of(Step.Signal.CLOSE));

    /** RST after five events. */
    public static final Fault RESET_MID_STREAM = resetMidStream(SOME_EVENTS);

    /** FIN after five events, exactly between two. */
    public static final Fault CLOSE_MID_STREAM = closeMidStream(SOME_EVENTS);

    /** FIN within the sixth event. */
    public static final Fault CUT_INSIDE_EVENT = cutInsideEvent(SOME_EVENTS);

    /** Silence after five events. */
    public static final Fault STALL = stall(SOME_EVENTS);

    /** Silence before the headers, until the peer leaves or {@link FakeAccount#release()}. */
    public static final Fault STALL_BEFORE_HEADERS =
            new Fault("STALL_BEFORE_HEADERS", "Silence instead of headers", StreamBends.stallBeforeHeaders());

    /** 200, and an error event as the very first event. */
    public static final Fault ERROR_EVENT_FIRST =
            new Fault("ERROR_EVENT_FIRST", "200, then event: error as the first event", StreamBends.errorEventAfter(0));

    /** 200, message_start and ping, then an error event. */
    public static final Fault ERROR_EVENT_AFTER_START = new Fault(
            "ERROR_EVENT_AFTER_START",
            "200, message_start and ping, then event: error before any content",
            StreamBends.errorEventAfterStart());

    /** An error event after five events, content among them. */
    public static final Fault ERROR_EVENT_AFTER_CONTENT = new Fault(
            "ERROR_EVENT_AFTER_CONTENT",
            "200 and some content, then event: error",
            StreamBends.errorEventAfter(SOME_EVENTS));

    /** 400 whose message names a spend limit set by the user. */
    public static final Fault SPEND_CAP_400 = new Fault(
            "SPEND_CAP_400",
            "400 invalid_request_error that names a spend limit of the organisation",
            StatusBends.error(
                    400,
                    "invalid_request_error",
                    "You have reached your specified workspace API usage limits. You will regain access on 2027-01-01 at"
                            + " 00:00 UTC."));

    /** 402. */
    public static final Fault SPEND_CAP_402 = new Fault(
            "SPEND_CAP_402",
            "402 billing_error, the credit is used up",
            StatusBends.error(402, "billing_error", "Your credit balance is too low to access the Anthropic API."));

    /** 429 of a spend cap: {@code enforced_spend_limit_reached}, and no {@code retry-after}. */
    public static final Fault SPEND_CAP_429 = new Fault(
            "SPEND_CAP_429",
            "429 with error_code enforced_spend_limit_reached, without retry-after",
            StatusBends.spendCap429());

    /** An event whose data is broken JSON; the stream goes on behind it. */
    public static final Fault MALFORMED_EVENT = new Fault(
            "MALFORMED_EVENT",
            "Broken JSON in one event, then more good ones",
            StreamBends.malformedEvent(SOME_EVENTS));

    /** A clean end where message_stop should be. */
    public static final Fault MISSING_MESSAGE_STOP =
            new Fault("MISSING_MESSAGE_STOP", "A clean end without message_stop", StreamBends.missingMessageStop());

    /** A quarter of a second of silence before the headers. */
    public static final Fault SLOW_FIRST_BYTE = slowFirstByte(Duration.ofMillis(250));

    /** 200, application/json, and a body that is not. */
    public static final Fault GARBAGE_BODY =
            new Fault("GARBAGE_BODY", "200 application/json with a body that is not JSON", StatusBends.garbageBody());

    /** Bytes that are not HTTP, then FIN. */
    public static final Fault GARBAGE_HTTP =
            new Fault("GARBAGE_HTTP", "Bytes that are not HTTP at all", StatusBends.garbageHttp());

    /** Declares 100 bytes more than it sends, then FIN. */
    public static final Fault LENGTH_TOO_LONG =
            new Fault("LENGTH_TOO_LONG", "Content-Length above what is sent, then FIN", StreamBends.lengthOff(100));

    /** Declares 10 bytes less than it sends, then FIN. */
    public static final Fault LENGTH_TOO_SHORT =
            new Fault("LENGTH_TOO_SHORT", "Content-Length below what is sent, then FIN", StreamBends.lengthOff(-10));

    /** 400 that is the caller's fault. */
    public static final Fault INVALID_REQUEST = new Fault(
            "INVALID_REQUEST",
            "400 invalid_request_error",
            StatusBends.error(400, "invalid_request_error", "messages.0.content: Input should be a valid list"));

    /** 404, for an unknown model. */
    public static final Fault NOT_FOUND = new Fault(
            "NOT_FOUND", "404 not_found_error", StatusBends.error(404, "not_found_error", "model: claude-unknown"));

    /** 413 with the HTML page of the network edge. */
    public static final Fault TOO_LARGE =
            new Fault("TOO_LARGE", "413 with an HTML body and no request-id", StatusBends.tooLarge());

    /** 422. */
    public static final Fault UNPROCESSABLE = new Fault(
            "UNPROCESSABLE",
            "422 invalid_request_error",
            StatusBends.error(422, "invalid_request_error", "The request could not be processed."));

    /** A gzip body though none was asked for; each event can be inflated when it arrives. */
    public static final Fault GZIPPED =
            new Fault("GZIPPED", "Content-Encoding: gzip, asked for or not", StreamBends.gzipped());

    private static final List<Fault> CATALOGUE = List.of(
            RATE_LIMITED,
            RATE_LIMITED_BARE,
            UNIFIED_REJECTED_5H,
            UNIFIED_REJECTED_7D,
            UNIFIED_REJECTED_7D_OI,
            OVERLOADED,
            SERVER_ERROR,
            UNAUTHORIZED,
            FORBIDDEN,
            REFUSED,
            RESET_BEFORE_HEADERS,
            CLOSE_BEFORE_HEADERS,
            RESET_MID_STREAM,
            CLOSE_MID_STREAM,
            CUT_INSIDE_EVENT,
            STALL,
            STALL_BEFORE_HEADERS,
            ERROR_EVENT_FIRST,
            ERROR_EVENT_AFTER_START,
            ERROR_EVENT_AFTER_CONTENT,
            SPEND_CAP_400,
            SPEND_CAP_402,
            SPEND_CAP_429,
            MALFORMED_EVENT,
            MISSING_MESSAGE_STOP,
            SLOW_FIRST_BYTE,
            GARBAGE_BODY,
            GARBAGE_HTTP,
            LENGTH_TOO_LONG,
            LENGTH_TOO_SHORT,
            INVALID_REQUEST,
            NOT_FOUND,
            TOO_LARGE,
            UNPROCESSABLE,
            GZIPPED);

    private final String name;
    private final String description;
    private final Bend bend;
    private final @Nullable String onlyModel;

    private Fault(String name, String description, Bend bend) {
        this(name, description, bend, null);
    }

    private Fault(String name, String description, Bend bend, @Nullable String onlyModel) {
        this.name = name;
        this.description = description;
        this.bend = bend;
        this.onlyModel = onlyModel;
    }

    /** Returns every fault once, in a stable order, without {@link #NONE}. */
    public static List<Fault> catalogue() {
        return CATALOGUE;
    }

    /**
     * Returns the fault of that name.
     *
     * @throws IllegalArgumentException if the catalogue has none; the message lists the names
     */
    public static Fault named(String name) {
        return Stream.concat(Stream.of(NONE), CATALOGUE.stream())
                .filter(fault -> fault.name.equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No fault is named " + name + "; there are "
                        + CATALOGUE.stream().map(Fault::name).toList()));
    }

    /** Like {@link #RATE_LIMITED}; {@code exhausted} has nothing remaining, by default the requests. Whole seconds. */
    public static Fault rateLimited(Duration retryAfter, RateLimit... exhausted) {
        return new Fault(
                "RATE_LIMITED",
                "429 with retry-after and the limit headers",
                StatusBends.rateLimited(retryAfter, List.of(exhausted)));
    }

    /** 429 because one window of the subscription is used up, the others allowed. Whole seconds. */
    public static Fault unifiedRejected(UsageWindow window, Duration untilReset) {
        return new Fault(
                "UNIFIED_REJECTED_" + window.header().toUpperCase(Locale.ROOT),
                "429, unified status rejected by the window " + window.header(),
                StatusBends.unifiedRejected(window, untilReset));
    }

    /** RST after so many events. */
    public static Fault resetMidStream(int events) {
        return new Fault("RESET_MID_STREAM", "RST after some events", StreamBends.endAfter(events, Step.Signal.RESET));
    }

    /** FIN after so many events, exactly between two, without the end that the framing asks for. */
    public static Fault closeMidStream(int events) {
        return new Fault(
                "CLOSE_MID_STREAM",
                "FIN between two events, the body not ended",
                StreamBends.endAfter(events, Step.Signal.CLOSE));
    }

    /** FIN in the middle of the event that follows so many whole ones. */
    public static Fault cutInsideEvent(int events) {
        return new Fault("CUT_INSIDE_EVENT", "FIN in the middle of an event", StreamBends.cutInside(events));
    }

    /** Silence after so many events, until the peer leaves or {@link FakeAccount#release()}. */
    public static Fault stall(int events) {
        return new Fault("STALL", "Some events, then silence", StreamBends.stallAfter(events));
    }

    /** Silence of that length before the headers, then a healthy answer. */
    public static Fault slowFirstByte(Duration wait) {
        return new Fault("SLOW_FIRST_BYTE", "The headers come late", StreamBends.slowFirstByte(wait));
    }

    /** Exactly that answer. */
    public static Fault answer(Answer answer) {
        return new Fault("ANSWER", "A given answer", x -> answer.play(x.pace()));
    }

    /** Returns this fault for requests whose model contains the text; others are served well and use up no script. */
    public Fault forModel(String part) {
        return new Fault(name, description, bend, part);
    }

    /** Returns the name in the catalogue. */
    public String name() {
        return name;
    }

    /** Returns one line about what happens on the wire. */
    public String description() {
        return description;
    }

    /** Returns the name. */
    @Override
    public String toString() {
        return name;
    }

    boolean concerns(Exchange exchange) {
        return onlyModel == null || exchange.model().contains(onlyModel);
    }

    Stream<Step> play(Exchange exchange) {
        return bend.play(exchange);
    }
}
