package io.ccflare.store.jdbc;

import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.StateChange.Bound;
import io.ccflare.api.state.StateChange.Cleared;
import io.ccflare.api.state.StateChange.Cooled;
import io.ccflare.api.state.StateChange.Metered;
import io.ccflare.api.state.StateChange.SessionOpened;
import io.ccflare.api.state.StateChange.Unbound;
import io.ccflare.api.state.UsageWindow;
import io.ccflare.api.time.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What nodes know together, in tables. Thread-safe; a save is one transaction.
 *
 * <p>Its clock is the time source of the node that saves. What {@link #load} hands out for the next call lies {@linkplain #OVERLAP 30 s}
 * back, so nodes whose clocks differ by less miss nothing; changes come more than once instead. Times are kept to the millisecond.
 *
 * @since 1.0
 */
public final class JdbcSharedState implements SharedState {

    /** By how much the clocks of nodes may differ. */
    public static final Duration OVERLAP = Duration.ofSeconds(30);

    /** How long something that has no end of its own is remembered. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(30);

    private final Jdbc jdbc;
    private final Sql sql;
    private final TimeSource time;

    JdbcSharedState(Jdbc jdbc, Sql sql, TimeSource time) {
        this.jdbc = jdbc;
        this.sql = sql;
        this.time = time;
    }

    @Override
    public Loaded load(Instant since) throws SQLException {
        Instant asOf = time.now().minus(OVERLAP);
        long from = since.toEpochMilli();
        List<StateChange> changes = jdbc.read(tx -> {
            List<StateChange> found = new ArrayList<>();
            found.addAll(tx.query(sql.selectSaved("cooldown"), JdbcSharedState::cooled, from));
            found.addAll(tx.query(sql.selectSaved("clearing"), JdbcSharedState::cleared, from));
            found.addAll(tx.query(sql.selectSaved("usage_window"), JdbcSharedState::metered, from));
            found.addAll(tx.query(sql.selectSaved("session_window"), JdbcSharedState::opened, from));
            found.addAll(tx.query(sql.selectSaved("binding"), JdbcSharedState::binding, from));
            return found;
        });
        return new Loaded(changes, asOf);
    }

    @Override
    public void save(List<StateChange> changes) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        jdbc.write(tx -> {
            long now = time.nowMillis();
            for (StateChange change : changes) {
                save(tx, change, now);
            }
            return null;
        });
    }

    @Override
    public void expire(Duration bindingIdle, Instant now) throws SQLException {
        long lapsed = now.toEpochMilli() + 1;
        long forgotten = now.minus(FORGOTTEN_AFTER).toEpochMilli();
        jdbc.write(tx -> {
            tx.update(
                    sql.deleteBefore("binding", "bound_at"),
                    now.minus(bindingIdle).toEpochMilli());
            tx.update(sql.deleteBefore("cooldown", "ends_at"), lapsed);
            tx.update(sql.deleteBefore("usage_window", "reset_at"), lapsed);
            tx.update(sql.deleteBefore("usage_window", "told_at"), forgotten);
            tx.update(sql.deleteBefore("clearing", "cleared_at"), forgotten);
            tx.update(sql.deleteBefore("session_window", "opened_at"), forgotten);
            return null;
        });
    }

    private void save(Transaction tx, StateChange change, long now) throws SQLException {
        if (change instanceof Cooled cooled) {
            saveCooldown(tx, cooled.cooldown(), now);
        } else if (change instanceof Cleared cleared) {
            saveClearing(tx, cleared, now);
        } else if (change instanceof Metered metered) {
            for (UsageWindow window : metered.windows()) {
                saveWindow(tx, metered, window, now);
            }
        } else if (change instanceof SessionOpened opened) {
            saveSession(tx, opened, now);
        } else if (change instanceof Bound bound) {
            saveBinding(tx, bound.session(), bound.accountId(), bound.at(), now);
        } else if (change instanceof Unbound unbound) {
            saveBinding(tx, unbound.session(), "", unbound.at(), now);
        }
    }

    /**
     * Keeps a cooldown unless one set no earlier ends no earlier. Both a long one and a shorter one that was set later are kept: a
     * success in between clears only the former.
     */
    private void saveCooldown(Transaction tx, Cooldown cooldown, long now) throws SQLException {
        String domain = cooldown.domain();
        String modelClass = orEmpty(cooldown.modelClass());
        long since = cooldown.since().toEpochMilli();
        long until = cooldown.until().toEpochMilli();
        tx.update(sql.deleteCoveredCooldowns(), domain, modelClass, since, until);
        tx.update(
                sql.insertCooldown(),
                domain,
                modelClass,
                since,
                until,
                cooldown.kind().name(),
                cooldown.detail(),
                now,
                domain,
                modelClass,
                since,
                until,
                domain,
                modelClass,
                modelClass,
                since);
    }

    private void saveClearing(Transaction tx, Cleared cleared, long now) throws SQLException {
        String domain = cleared.domain();
        String modelClass = orEmpty(cleared.modelClass());
        long at = cleared.at().toEpochMilli();
        tx.update(sql.deleteClearedCooldowns(), domain, modelClass, at);
        if (tx.update(sql.updateClearing(), at, now, domain, modelClass, at) == 0) {
            tx.update(sql.insertClearing(), domain, modelClass, at, now, domain, modelClass);
        }
    }

    private void saveWindow(Transaction tx, Metered metered, UsageWindow window, long now) throws SQLException {
        String account = metered.accountId();
        String modelClass = orEmpty(window.modelClass());
        long at = metered.at().toEpochMilli();
        @Nullable
        Object[] told = {
            at,
            window.utilization(),
            window.status().name(),
            millis(window.resetAt()),
            window.limit(),
            window.remaining(),
            window.observedAt().toEpochMilli(),
            now,
            account,
            window.name(),
            modelClass
        };
        Double utilization = window.utilization();
        Long remaining = window.remaining();
        int updated = tx.update(
                sql.updateWindow(),
                and(told, at, utilization == null ? -1.0 : utilization, remaining == null ? -1L : remaining));
        if (updated == 0) {
            tx.update(sql.insertWindow(), and(told, account, window.name(), modelClass));
        }
    }

    private void saveSession(Transaction tx, SessionOpened opened, long now) throws SQLException {
        String account = opened.accountId();
        long at = opened.at().toEpochMilli();
        if (tx.update(sql.updateSession(), at, now, account, at) == 0) {
            tx.update(sql.insertSession(), account, at, now, account);
        }
    }

    private void saveBinding(Transaction tx, String session, String account, Instant at, long now) throws SQLException {
        long millis = at.toEpochMilli();
        if (tx.update(sql.updateBinding(), account, millis, now, session, millis, account) == 0) {
            tx.update(sql.insertBinding(), session, account, millis, now, session);
        }
    }

    private static StateChange cooled(Row row) throws SQLException {
        return new Cooled(new Cooldown(
                row.text("domain"),
                orNull(row.text("model_class")),
                row.constant("kind", Cooldown.Kind.UNKNOWN),
                row.instant("ends_at"),
                row.instant("since"),
                row.textOrNull("detail")));
    }

    private static StateChange cleared(Row row) throws SQLException {
        return new Cleared(row.text("domain"), orNull(row.text("model_class")), row.instant("cleared_at"));
    }

    private static StateChange metered(Row row) throws SQLException {
        UsageWindow window = new UsageWindow(
                row.text("name"),
                orNull(row.text("model_class")),
                row.fractionOrNull("utilization"),
                row.constant("status", UsageWindow.Status.UNKNOWN),
                row.instantOrNull("reset_at"),
                row.numberOrNull("size_limit"),
                row.numberOrNull("remaining"),
                row.instant("observed_at"));
        return new Metered(row.text("account_id"), List.of(window), row.instant("told_at"));
    }

    private static StateChange opened(Row row) throws SQLException {
        return new SessionOpened(row.text("account_id"), row.instant("opened_at"));
    }

    private static StateChange binding(Row row) throws SQLException {
        String session = row.text("session_digest");
        String account = row.text("account_id");
        Instant at = row.instant("bound_at");
        return account.isEmpty() ? new Unbound(session, at) : new Bound(session, account, at);
    }

    private static @Nullable Object[] and(@Nullable Object[] values, Object... more) {
        @Nullable Object[] all = Arrays.copyOf(values, values.length + more.length);
        System.arraycopy(more, 0, all, values.length, more.length);
        return all;
    }

    private static String orEmpty(@Nullable String modelClass) {
        return modelClass == null ? "" : modelClass;
    }

    private static @Nullable String orNull(String modelClass) {
        return modelClass.isEmpty() ? null : modelClass;
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }
}
