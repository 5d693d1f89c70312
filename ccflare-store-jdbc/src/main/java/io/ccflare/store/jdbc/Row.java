package io.ccflare.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The current row of a result, by column name. */
final class Row {

    private final ResultSet result;

    Row(ResultSet result) {
        this.result = result;
    }

    /** A column that is never null. */
    String text(String column) throws SQLException {
        String text = result.getString(column);
        if (text == null) {
            throw new SQLException("the column " + column + " is null and must not be");
        }
        return text;
    }

    @Nullable
    String textOrNull(String column) throws SQLException {
        return result.getString(column);
    }

    int integer(String column) throws SQLException {
        return result.getInt(column);
    }

    long number(String column) throws SQLException {
        return result.getLong(column);
    }

    @Nullable
    Long numberOrNull(String column) throws SQLException {
        long number = result.getLong(column);
        return result.wasNull() ? null : number;
    }

    @Nullable
    Double fractionOrNull(String column) throws SQLException {
        double fraction = result.getDouble(column);
        return result.wasNull() ? null : fraction;
    }

    boolean flag(String column) throws SQLException {
        return result.getInt(column) != 0;
    }

    Instant instant(String column) throws SQLException {
        return Instant.ofEpochMilli(number(column));
    }

    @Nullable
    Instant instantOrNull(String column) throws SQLException {
        Long millis = numberOrNull(column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    Duration micros(String column) throws SQLException {
        return Duration.ofNanos(number(column) * 1_000);
    }

    @Nullable
    Duration microsOrNull(String column) throws SQLException {
        Long micros = numberOrNull(column);
        return micros == null ? null : Duration.ofNanos(micros * 1_000);
    }

    /** A constant by its name; {@code unknown} for one that a newer version wrote. */
    <E extends Enum<E>> E constant(String column, E unknown) throws SQLException {
        String name = text(column);
        for (E constant : unknown.getDeclaringClass().getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        return unknown;
    }
}
