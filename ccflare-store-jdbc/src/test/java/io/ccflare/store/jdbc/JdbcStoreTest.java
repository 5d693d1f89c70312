package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.state.StateChange;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcStoreTest {

    @TempDir
    Path folder;

    @Test
    void settings_out_of_range_are_refused_all_in_one_message() throws Exception {
        try (TestDatabase database = new TestDatabase(folder.resolve("settings.db"))) {
            assertThatThrownBy(() -> database.store()
                            .tablePrefix("x; drop table y")
                            .logQueueBound(0)
                            .logBatchSize(-1)
                            .logRetention(Duration.ofDays(-1))
                            .logCloseWithin(Duration.ofSeconds(-1))
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(
                            "tablePrefix", "logQueueBound", "logBatchSize", "logRetention", "logCloseWithin");
            assertThat(database.opened).hasValue(0);
        }
    }

    @Test
    void a_database_that_cannot_be_reached_is_refused_and_nothing_is_left_running() throws Exception {
        try (TestDatabase database = new TestDatabase(folder.resolve("down.db"))) {
            database.down = true;
            assertThatThrownBy(() -> database.store().build())
                    .isInstanceOf(JdbcStoreException.class)
                    .hasMessageContaining("the database is down")
                    .hasCauseInstanceOf(java.sql.SQLException.class);
            database.assertNothingLeaked();
        }
    }

    @Test
    void an_unknown_kind_of_database_is_refused_by_its_name() {
        assertThatThrownBy(() -> SqlDialect.of("Oracle"))
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("\"Oracle\"")
                .hasMessageContaining("dialect(");
        assertThat(SqlDialect.of("SQLite")).isEqualTo(SqlDialect.SQLITE);
    }

    @Test
    void times_are_the_same_in_every_time_zone() throws Exception {
        Instant inTheGap = Instant.parse("2026-03-29T01:30:00.123Z");
        TimeZone before = TimeZone.getDefault();
        try (TestDatabase database = new TestDatabase(folder.resolve("zone.db"))) {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
            try (JdbcStore store = database.store().logRetention(Duration.ZERO).build()) {
                store.accounts()
                        .add(Account.builder("1", "one", new Credential.OAuth(Secret.of("a"), null, inTheGap))
                                .build());
                store.state().save(List.of(new StateChange.SessionOpened("1", inTheGap)));
                store.log().requestEnded(RequestRecord.builder("r", inTheGap).build());
            }
            TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
            try (JdbcStore store = database.store().logRetention(Duration.ZERO).build()) {
                assertThat(store.accounts().accounts().get(0).credential())
                        .isEqualTo(new Credential.OAuth(Secret.of("a"), null, inTheGap));
                assertThat(store.state().load(Instant.EPOCH).changes())
                        .containsExactly(new StateChange.SessionOpened("1", inTheGap));
                assertThat(store.log().find("r").orElseThrow().startedAt()).isEqualTo(inTheGap);
            }
            assertThat(database.strings("select started_at from ccflare_request"))
                    .containsExactly(Long.toString(inTheGap.toEpochMilli()));
        } finally {
            TimeZone.setDefault(before);
        }
    }
}
