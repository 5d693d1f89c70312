package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.SharedState;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.UsageWindow;
import io.ccflare.testkit.SharedStateContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcSharedStateTest extends SharedStateContract {

    @TempDir
    Path folder;

    private final List<JdbcStore> stores = new ArrayList<>();
    private TestDatabase database;

    @BeforeEach
    void openDatabase() {
        database = new TestDatabase(folder.resolve("state.db"));
    }

    @AfterEach
    void closeDatabase() throws Exception {
        stores.forEach(JdbcStore::close);
        database.assertNothingLeaked();
        database.close();
    }

    @Override
    protected SharedState state() throws Exception {
        JdbcSharedState state = open();
        new Jdbc(database, SqlDialect.SQLITE).write(tx -> {
            for (String table : List.of("cooldown", "clearing", "usage_window", "session_window", "binding")) {
                tx.execute("delete from ccflare_" + table);
            }
            return null;
        });
        return state;
    }

    @Override
    protected SharedState reopened(SharedState state) {
        return open();
    }

    private synchronized JdbcSharedState open() {
        JdbcStore store = database.store().time(time()).build();
        stores.add(store);
        return store.state();
    }

    @Test
    void a_load_brings_only_what_is_new_and_a_little_more() throws Exception {
        SharedState state = state();
        state.save(List.of(new StateChange.SessionOpened("old", time().now())));
        time().advance(Duration.ofMinutes(5));
        Instant since = state.load(Instant.EPOCH).asOf();
        assertThat(state.load(since).changes()).isEmpty();
        StateChange fresh = new StateChange.SessionOpened("new", time().now());
        state.save(List.of(fresh));
        assertThat(state.load(since).changes()).containsExactly(fresh);
    }

    @Test
    void what_a_node_saves_whose_clock_is_a_little_behind_is_not_missed() throws Exception {
        SharedState state = state();
        Instant since = state.load(Instant.EPOCH).asOf();
        assertThat(since).isEqualTo(time().now().minus(JdbcSharedState.OVERLAP));
    }

    @Test
    void a_late_report_of_a_cooldown_that_was_cleared_is_not_told_again() throws Exception {
        SharedState state = state();
        Instant now = time().now();
        StateChange cleared = new StateChange.Cleared("o", "opus", now);
        state.save(List.of(cleared));
        for (String modelClass : new String[] {"opus", null}) {
            state.save(List.of(new StateChange.Cooled(new Cooldown(
                    "o", modelClass, Cooldown.Kind.WINDOW, now.plusSeconds(60), now.minusSeconds(1), null))));
        }
        assertThat(state.load(Instant.EPOCH).changes()).containsExactly(cleared);
    }

    @Test
    void lapsed_cooldowns_and_windows_are_deleted() throws Exception {
        SharedState state = state();
        Instant now = time().now();
        UsageWindow window = new UsageWindow("5h", null, 0.5, UsageWindow.Status.ALLOWED, now, null, null, now);
        state.save(List.of(
                new StateChange.Cooled(new Cooldown("o", null, Cooldown.Kind.WINDOW, now, now.minusSeconds(9), null)),
                new StateChange.Metered("a", List.of(window), now),
                new StateChange.SessionOpened("a", now.minus(Duration.ofDays(31))),
                new StateChange.Cleared("p", null, now.minus(Duration.ofDays(31)))));
        state.expire(Duration.ofHours(1), now);
        assertThat(state.load(Instant.EPOCH).changes()).isEmpty();
    }

    @Test
    void kinds_that_a_newer_version_wrote_are_read_as_unknown() throws Exception {
        SharedState state = state();
        Instant now = time().now();
        state.save(List.of(
                new StateChange.Cooled(new Cooldown("o", null, Cooldown.Kind.WINDOW, now.plusSeconds(9), now, null))));
        database.execute("update ccflare_cooldown set kind = 'FROM_THE_FUTURE'");
        assertThat(state.load(Instant.EPOCH).changes())
                .singleElement()
                .isInstanceOfSatisfying(
                        StateChange.Cooled.class,
                        cooled -> assertThat(cooled.cooldown().kind()).isEqualTo(Cooldown.Kind.UNKNOWN));
    }
}
