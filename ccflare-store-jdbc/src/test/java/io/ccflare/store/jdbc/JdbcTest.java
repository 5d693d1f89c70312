package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcTest {

    @TempDir
    Path folder;

    private TestDatabase database;
    private Jdbc jdbc;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase(folder.resolve("jdbc.db"));
        database.execute("create table t (n integer)");
        jdbc = new Jdbc(database, SqlDialect.SQLITE);
    }

    @AfterEach
    void close() throws SQLException {
        database.assertNothingLeaked();
        database.close();
    }

    @ParameterizedTest(name = "auto-commit {0}")
    @ValueSource(booleans = {true, false})
    void what_was_written_stays(boolean autoCommit) throws SQLException {
        database.autoCommit = autoCommit;
        int changed = jdbc.write(tx -> tx.update("insert into t values (?)", 7));
        assertThat(changed).isEqualTo(1);
        assertThat(database.strings("select n from t")).containsExactly("7");
    }

    @ParameterizedTest(name = "auto-commit {0}")
    @ValueSource(booleans = {true, false})
    void of_work_that_fails_nothing_stays(boolean autoCommit) throws SQLException {
        database.autoCommit = autoCommit;
        assertThatThrownBy(() -> jdbc.write(tx -> {
                    tx.update("insert into t values (?)", 7);
                    throw new IllegalStateException("half-way");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("half-way");
        assertThatThrownBy(() -> jdbc.write(tx -> {
                    tx.update("insert into t values (?)", 8);
                    return tx.update("no sql");
                }))
                .isInstanceOf(SQLException.class);
        assertThat(database.strings("select n from t")).isEmpty();
    }

    @ParameterizedTest(name = "auto-commit {0}")
    @ValueSource(booleans = {true, false})
    void reading_sees_one_state_of_the_data(boolean autoCommit) throws SQLException {
        database.autoCommit = autoCommit;
        jdbc.write(tx -> tx.update("insert into t values (1)"));
        jdbc.read(tx -> {
            List<Integer> first = tx.query("select n from t", row -> row.integer("n"));
            try {
                database.execute("insert into t values (2)");
            } catch (SQLException e) {
                throw new SQLException("a reader kept a writer out", e);
            }
            assertThat(tx.query("select n from t", row -> row.integer("n"))).isEqualTo(first);
            return null;
        });
        assertThat(database.strings("select n from t")).hasSize(2);
    }
}
