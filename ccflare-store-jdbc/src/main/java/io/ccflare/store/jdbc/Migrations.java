package io.ccflare.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Brings the schema up to date, or says what it lacks. Numbered SQL files, each applied once, all in one transaction. */
final class Migrations {

    /** In order; the position, from 1, is the version. Never change a file that was released: add another. */
    static final List<String> FILES = List.of("001-accounts.sql", "002-shared-state.sql", "003-request-log.sql");

    private static final System.Logger LOG = System.getLogger(Migrations.class.getName());

    private final Jdbc jdbc;
    private final Sql sql;

    Migrations(Jdbc jdbc, Sql sql) {
        this.jdbc = jdbc;
        this.sql = sql;
    }

    /** @throws JdbcStoreException if the schema is from a newer version, or (when validating) not up to date */
    void run(MigrationMode mode, long nowMillis) throws SQLException {
        switch (mode) {
            case MIGRATE -> jdbc.write(tx -> migrate(tx, nowMillis));
            case VALIDATE -> validate();
            case NONE -> LOG.log(System.Logger.Level.DEBUG, "The schema is not looked at (MigrationMode.NONE)");
        }
    }

    private List<String> migrate(Transaction tx, long nowMillis) throws SQLException {
        tx.execute(sql.createVersions());
        List<String> missing = missing(tx);
        for (String file : missing) {
            for (String statement : statements(file)) {
                tx.execute(statement);
            }
            tx.update(sql.insertVersion(), FILES.indexOf(file) + 1, file, nowMillis);
        }
        if (!missing.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "Applied migrations: {0}", String.join(", ", missing));
        }
        return missing;
    }

    private void validate() throws SQLException {
        List<String> missing;
        try {
            missing = jdbc.read(this::missing);
        } catch (SQLException e) {
            throw new JdbcStoreException(
                    "the schema cannot be validated: there is no readable table " + sql.table("schema_version")
                            + ". Open the store once with MigrationMode.MIGRATE, or apply " + FILES + " from the jar",
                    e);
        }
        if (!missing.isEmpty()) {
            throw new JdbcStoreException("the schema lacks the migrations " + missing
                    + ". Open the store once with MigrationMode.MIGRATE, or apply these files from the jar");
        }
    }

    private List<String> missing(Transaction tx) throws SQLException {
        List<Integer> applied = tx.query(sql.selectVersions(), row -> row.integer("version"));
        for (int version : applied) {
            if (version > FILES.size()) {
                throw new JdbcStoreException(
                        "the database was written by a newer version of ccflare (its schema is at version " + version
                                + ", this one knows up to " + FILES.size()
                                + "). Use that version, or give this one another database. Nothing was changed");
            }
        }
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < FILES.size(); i++) {
            if (!applied.contains(i + 1)) {
                missing.add(FILES.get(i));
            }
        }
        return missing;
    }

    private List<String> statements(String file) {
        List<String> statements = new ArrayList<>();
        for (String statement : read(file).replaceAll("(?m)^--.*$", "").split(";")) {
            if (!statement.isBlank()) {
                statements.add(statement.strip().replace("${prefix}", sql.table("")));
            }
        }
        return statements;
    }

    private static String read(String file) {
        try (InputStream resource = Migrations.class.getResourceAsStream("migration/" + file)) {
            if (resource == null) {
                throw new IllegalStateException("the jar lacks migration/" + file);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read migration/" + file, e);
        }
    }
}
