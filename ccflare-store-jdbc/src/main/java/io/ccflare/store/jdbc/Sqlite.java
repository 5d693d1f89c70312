package io.ccflare.store.jdbc;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Set;

/**
 * A SQLite database in a file, as a data source that is set up for this store. Needs the driver {@code org.xerial:sqlite-jdbc} at run
 * time; nothing here is compiled against it.
 *
 * @since 1.0
 */
public final class Sqlite {

    private static final System.Logger LOG = System.getLogger(Sqlite.class.getName());

    private Sqlite() {}

    /**
     * Opens a database file, and makes it and its folders if they are missing: on POSIX systems folders for the owner alone (0700) and
     * the file likewise (0600). A file that others may read gets a warning.
     *
     * <p>Each connection has a write-ahead log, full synchronisation (a commit survives a power cut), ten seconds of patience with other
     * writers, and deleted content overwritten.
     *
     * @param file where; SQLite puts two more files beside it, {@code -wal} and {@code -shm}
     * @return close it after the store
     * @throws JdbcStoreException if the file or its folder cannot be made, read or written, is not a SQLite database, or the driver is
     *     missing; the message says what to do
     */
    public static SqliteDataSource open(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        makeFolder(absolute);
        makeFile(absolute);
        if (!Files.isReadable(absolute) || !Files.isWritable(absolute)) {
            throw new JdbcStoreException(
                    "the database " + absolute + " is not readable and writable for the user that runs this process;"
                            + " give it to that user (chown), or name another file");
        }
        warnIfOthersRead(absolute);
        try {
            return new SqliteDataSource(absolute);
        } catch (SQLException e) {
            throw new JdbcStoreException(
                    "the database " + absolute + " cannot be opened: " + e.getMessage()
                            + ". If it is no SQLite database, name another file; if it is damaged, restore a backup; if the driver is"
                            + " missing, add org.xerial:sqlite-jdbc",
                    e);
        }
    }

    private static void makeFolder(Path file) {
        Path folder = file.getParent();
        try {
            if (folder != null && !Files.isDirectory(folder)) {
                Files.createDirectories(folder, forOwner("rwx------", folder));
            }
        } catch (IOException e) {
            throw new JdbcStoreException(
                    "the folder " + folder + " for the database cannot be made (" + reason(e)
                            + "); make it, or name a file in a folder that exists",
                    e);
        }
    }

    private static void makeFile(Path file) {
        if (Files.isDirectory(file)) {
            throw new JdbcStoreException("the database " + file + " is a folder; name a file in it, for example "
                    + file.resolve("ccflare.db"));
        }
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, forOwner("rw-------", file));
            }
        } catch (java.nio.file.FileAlreadyExistsException e) {
            LOG.log(System.Logger.Level.DEBUG, "Another process has just made {0}", file);
        } catch (IOException e) {
            throw new JdbcStoreException(
                    "the database " + file + " cannot be made (" + reason(e)
                            + "); let the user that runs this process write to its folder, or name another file",
                    e);
        }
    }

    private static void warnIfOthersRead(Path file) {
        if (!isPosix(file)) {
            return;
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.GROUP_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_READ)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Other users may read {0}, which holds credentials: chmod 600 it",
                        file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The permissions of " + file + " cannot be read", e);
        }
    }

    private static FileAttribute<?>[] forOwner(String permissions, Path path) {
        if (!isPosix(path)) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().equals(FileSystems.getDefault())
                && path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
