package io.ccflare.fake;

import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Knows the accounts, records what comes in, and decides what each request gets. */
final class Service {
    private static final System.Logger LOG = System.getLogger(Service.class.getName());

    private final Settings settings;
    private final Monitor monitor;
    private final Ids ids = new Ids();
    private final Routes routes = new Routes(ids);
    private final Recorder recorder;
    private final Map<String, FakeAccount> accounts = new LinkedHashMap<>();
    private Settings.Pace pace;
    private @Nullable Answer fixed;
    private long unreadable;

    Service(Settings settings, Settings.Pace pace, Monitor monitor) {
        this.settings = settings;
        this.pace = pace;
        this.monitor = monitor;
        this.recorder = new Recorder(settings.keepCalls());
    }

    /** A request that was begun: its record, its account, and the steps that answer it. */
    record Begun(RecordedCall call, @Nullable FakeAccount account, Iterator<Step> steps) {}

    Gathered bodyFor(RequestHead head) {
        int hold = Routes.readsBody(head) ? (int) Routes.bodyLimit(head) : settings.capture();
        return new Gathered(hold, settings.capture() > 0);
    }

    Begun begin(RequestHead head, Gathered body, int connection) {
        Instant now = settings.clock().instant();
        RecordedCall call = new RecordedCall(head, body, now, connection, settings.capture(), monitor);
        FakeAccount account = find(head.credential());
        monitor.change(() -> {
            recorder.begin(call);
            if (account != null) {
                account.recorder().begin(call);
            }
        });
        Stream<Step> steps = steps(call, account);
        body.trimTo(settings.capture());
        if (head.method().equals("HEAD")) {
            steps = steps.filter(step -> !(step instanceof Step.Body));
        }
        return new Begun(call, account, steps.iterator());
    }

    void end(Begun begun, RecordedCall.Ending how) {
        monitor.change(() -> {
            if (begun.call().isOpen()) {
                begun.call().end(how);
                recorder.end(how);
                if (begun.account() != null) {
                    begun.account().recorder().end(how);
                }
            }
        });
    }

    /** The answer to a request that could not be read. */
    Iterator<Step> refuse(BadRequest problem) {
        monitor.change(() -> unreadable++);
        LOG.log(System.Logger.Level.DEBUG, "Refused a request: {0}", problem.getMessage());
        Reply reply = problem.status() == 413
                ? StatusBends.tooLargePage()
                : Exchange.plainError(
                        problem.status(),
                        "invalid_request_error",
                        String.valueOf(problem.getMessage()),
                        "",
                        ids.next("req_"));
        return pace().play(reply).iterator();
    }

    /** A connection ended within a request. */
    void halfSent() {
        monitor.change(() -> unreadable++);
    }

    FakeAccount account(String credential) {
        return monitor.read(() -> accounts.computeIfAbsent(
                credential, key -> new FakeAccount(accounts.size() + 1, monitor, settings.keepCalls())));
    }

    void pace(Settings.Pace changed) {
        monitor.change(() -> pace = changed);
    }

    Settings.Pace pace() {
        return monitor.read(() -> pace);
    }

    void fix(@Nullable Answer answer) {
        monitor.change(() -> fixed = answer);
    }

    Recorder recorder() {
        return recorder;
    }

    long unreadable() {
        return unreadable;
    }

    void reset() {
        monitor.change(() -> {
            recorder.forget();
            unreadable = 0;
            fixed = null;
            accounts.values().forEach(account -> {
                account.heal();
                account.recorder().forget();
            });
        });
    }

    private @Nullable FakeAccount find(@Nullable String credential) {
        if (credential == null || credential.isEmpty()) {
            return null;
        }
        return settings.acceptAnyKey() ? account(credential) : monitor.read(() -> accounts.get(credential));
    }

    private Stream<Step> steps(RecordedCall call, @Nullable FakeAccount account) {
        Answer answer = monitor.read(() -> fixed);
        String requestId = ids.next("req_");
        if (answer != null) {
            return answer.play(pace());
        }
        if (account == null) {
            return pace().play(stranger(call, requestId));
        }
        Exchange exchange = new Exchange(call, account, routes, pace(), requestId);
        return account.take(exchange).play(exchange);
    }

    private static Reply stranger(RecordedCall call, String requestId) {
        List<HeaderField> edge = Exchange.edgeHeaders(call.receivedAt(), requestId);
        if (call.method().equals("HEAD")) {
            return Exchange.plainError(404, "not_found_error", "Not found", "", requestId)
                    .with(edge);
        }
        String problem = call.head().credential() == null ? "x-api-key header is required" : "invalid x-api-key";
        return Exchange.plainError(401, "authentication_error", problem, "", requestId)
                .with(edge);
    }
}
