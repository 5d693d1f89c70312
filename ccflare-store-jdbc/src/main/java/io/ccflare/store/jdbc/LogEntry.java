package io.ccflare.store.jdbc;

import io.ccflare.api.record.RequestRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record as it waits to be written: made of values only, so that writing cannot fail on one record alone. */
record LogEntry(String id, @Nullable Object[] request, List<@Nullable Object[]> attempts) {

    static LogEntry of(RequestRecord record) {
        return new LogEntry(record.id(), RecordRows.of(record), RecordRows.ofAttempts(record));
    }
}
