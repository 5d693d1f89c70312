package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {

    @TempDir
    Path folder;

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = new TestDatabase(folder.resolve("migrations.db"));
    }

    @AfterEach
    void close() throws SQLException {
        database.assertNothingLeaked();
        database.close();
    }

    @Test
    void an_empty_database_is_brought_up_to_date_once() throws Exception {
        database.store().build().close();
        try (JdbcStore store = database.store().build()) {
            store.accounts()
                    .add(Account.builder("1", "one", Credential.apiKey("key")).build());
        }
        try (JdbcStore again =
                database.store().migration(MigrationMode.VALIDATE).build()) {
            assertThat(again.accounts().accounts()).hasSize(1);
        }
        assertThat(versions()).isEqualTo("1,2,3");
    }

    @Test
    void an_older_database_gets_what_it_lacks_and_keeps_what_it_has() throws Exception {
        database.store().build().close();
        database.execute("drop table ccflare_request");
        database.execute("drop table ccflare_attempt");
        database.execute("delete from ccflare_schema_version where version = 3");
        database.execute("insert into ccflare_meta values ('kept', 'yes')");
        try (JdbcStore store = database.store().build()) {
            assertThat(store.log().count()).isZero();
        }
        assertThat(versions()).isEqualTo("1,2,3");
        assertThat(database.strings("select content from ccflare_meta")).containsExactly("yes");
    }

    @Test
    void of_many_that_start_at_once_one_migrates_and_all_open() throws Exception {
        int many = 4;
        CyclicBarrier start = new CyclicBarrier(many);
        ExecutorService executor = Executors.newFixedThreadPool(many);
        try {
            var opening = new java.util.ArrayList<Future<?>>();
            for (int i = 0; i < many; i++) {
                opening.add(executor.submit(() -> {
                    start.await();
                    database.store().build().close();
                    return null;
                }));
            }
            for (Future<?> one : opening) {
                one.get();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(versions()).isEqualTo("1,2,3");
    }

    @Test
    void a_database_from_a_newer_version_is_refused_and_left_alone() throws Exception {
        database.store().build().close();
        database.execute("insert into ccflare_schema_version values (99, '099-future.sql', 0)");
        for (MigrationMode mode : new MigrationMode[] {MigrationMode.MIGRATE, MigrationMode.VALIDATE}) {
            assertThatThrownBy(() -> database.store().migration(mode).build())
                    .isInstanceOf(JdbcStoreException.class)
                    .hasMessageContaining("newer version")
                    .hasMessageContaining("version 99")
                    .hasMessageContaining("up to 3");
        }
        assertThat(versions()).isEqualTo("1,2,3,99");
    }

    @Test
    void validating_tells_what_is_missing_and_changes_nothing() throws Exception {
        assertThatThrownBy(
                        () -> database.store().migration(MigrationMode.VALIDATE).build())
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("ccflare_schema_version")
                .hasMessageContaining("MIGRATE");
        assertThat(database.strings("select name from sqlite_schema")).isEmpty();

        database.store().build().close();
        database.execute("delete from ccflare_schema_version where version = 2");
        assertThatThrownBy(
                        () -> database.store().migration(MigrationMode.VALIDATE).build())
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("[002-shared-state.sql]");
    }

    @Test
    void a_migration_that_fails_leaves_nothing_behind() throws Exception {
        database.execute("create table ccflare_attempt (in_the_way integer)");
        assertThatThrownBy(() -> database.store().build())
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("ccflare_attempt");
        assertThat(database.strings("select name from sqlite_schema")).containsExactly("ccflare_attempt");
    }

    @Test
    void nothing_is_looked_at_when_the_host_migrates_itself() throws Exception {
        database.store().build().close();
        database.execute("drop table ccflare_schema_version");
        try (JdbcStore store = database.store().migration(MigrationMode.NONE).build()) {
            assertThat(store.accounts().accounts()).isEmpty();
        }
        assertThat(database.strings("select name from sqlite_schema")).doesNotContain("ccflare_schema_version");
    }

    private String versions() throws SQLException {
        return String.join(",", database.strings("select version from ccflare_schema_version order by version"));
    }
}
