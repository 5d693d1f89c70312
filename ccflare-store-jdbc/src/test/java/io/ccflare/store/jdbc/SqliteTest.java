package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTest {

    @TempDir
    Path folder;

    @Test
    void folders_and_files_are_made_for_their_owner_alone() throws Exception {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");
        Path file = folder.resolve("a/b/ccflare.db");
        try (SqliteDataSource dataSource = Sqlite.open(file);
                JdbcStore store = JdbcStore.builder(dataSource).build()) {
            store.accounts()
                    .add(Account.builder("1", "one", Credential.apiKey("key")).build());
            assertThat(permissions(folder.resolve("a"))).isEqualTo("rwx------");
            assertThat(permissions(folder.resolve("a/b"))).isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(file.getParent())) {
                assertThat(files)
                        .hasSizeGreaterThan(1)
                        .allSatisfy(one -> assertThat(permissions(one)).isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void what_was_stored_is_there_after_opening_again() throws Exception {
        Path file = folder.resolve("ccflare.db");
        try (SqliteDataSource dataSource = Sqlite.open(file);
                JdbcStore store = JdbcStore.builder(dataSource).build()) {
            store.accounts()
                    .add(Account.builder("1", "one", Credential.apiKey("key")).build());
        }
        try (SqliteDataSource dataSource = Sqlite.open(file);
                JdbcStore store = JdbcStore.builder(dataSource).build()) {
            assertThat(store.accounts().accounts()).extracting(Account::name).containsExactly("one");
        }
    }

    @Test
    void connections_are_set_up_for_several_writers_and_power_cuts() throws Exception {
        try (SqliteDataSource dataSource = Sqlite.open(folder.resolve("ccflare.db"));
                Connection connection = dataSource.getConnection()) {
            assertThat(pragma(connection, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(connection, "synchronous")).as("FULL").isEqualTo("2");
            assertThat(pragma(connection, "busy_timeout")).isEqualTo("10000");
            assertThat(pragma(connection, "secure_delete")).isEqualTo("1");
        }
    }

    @Test
    void a_closed_source_gives_no_connection() throws Exception {
        SqliteDataSource dataSource = Sqlite.open(folder.resolve("ccflare.db"));
        dataSource.close();
        dataSource.close();
        assertThatThrownBy(dataSource::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void a_file_that_is_no_database_is_refused_and_left_alone() throws Exception {
        Path file = folder.resolve("notes.txt");
        byte[] text = "these are my notes, and they are no database at all\n"
                .repeat(200)
                .getBytes();
        Files.write(file, text);
        assertThatThrownBy(() -> Sqlite.open(file))
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("name another file");
        assertThat(Arrays.equals(Files.readAllBytes(file), text)).isTrue();
    }

    @Test
    void a_folder_is_refused() {
        assertThatThrownBy(() -> Sqlite.open(folder))
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("is a folder")
                .hasMessageContaining("ccflare.db");
    }

    @Test
    void a_folder_that_cannot_be_made_is_refused() throws Exception {
        Path file = Files.createFile(folder.resolve("a-file"));
        assertThatThrownBy(() -> Sqlite.open(file.resolve("below/ccflare.db")))
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("cannot be made")
                .hasMessageContaining(file.resolve("below").toString());
    }

    @Test
    void a_read_only_folder_is_refused() throws Exception {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");
        Path readOnly = Files.createDirectory(folder.resolve("read-only"));
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(readOnly), "this user may write everywhere");
        assertThatThrownBy(() -> Sqlite.open(readOnly.resolve("ccflare.db")))
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("cannot be made");
    }

    @Test
    void an_unreadable_file_is_refused() throws Exception {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions here");
        Path file = Files.createFile(folder.resolve("ccflare.db"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "this user may read everything");
        assertThatThrownBy(() -> Sqlite.open(file))
                .isInstanceOf(JdbcStoreException.class)
                .hasMessageContaining("chown");
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("pragma " + name)) {
            return result.getString(1);
        }
    }

    private static String permissions(Path path) throws java.io.IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
