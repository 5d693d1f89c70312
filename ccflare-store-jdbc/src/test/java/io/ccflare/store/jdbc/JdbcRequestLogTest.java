package io.ccflare.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.record.AttemptRecord;
import io.ccflare.api.record.Cost;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.record.Skipped;
import io.ccflare.api.record.Timing;
import io.ccflare.api.record.Usage;
import io.ccflare.testkit.TestTime;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcRequestLogTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final TestTime time = new TestTime();
    private TestDatabase database;
    private JdbcStore store;

    @BeforeEach
    void open() {
        database = new TestDatabase(folder.resolve("log.db"));
        store = database.store().time(time).logQueueBound(20).logBatchSize(7).build();
    }

    @AfterEach
    void close() throws SQLException {
        database.hang.countDown();
        store.close();
        // A log that was closed while its database hung gives its connection back only now.
        TestDatabase.await(JdbcRequestLogTest::noWriterIsLeft);
        database.assertNothingLeaked();
        database.close();
    }

    @Test
    void a_record_comes_back_whole() throws Exception {
        RequestRecord full = full();
        RequestRecord bare = RequestRecord.builder("bare", time.now()).build();
        store.log().requestEnded(full);
        store.log().requestEnded(bare);
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().find("full")).get().usingRecursiveComparison().isEqualTo(full);
        assertThat(store.log().find("bare")).get().usingRecursiveComparison().isEqualTo(bare);
        assertThat(store.log().find("none")).isEmpty();
        assertThat(store.log().recent(1))
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(full);
    }

    @Test
    void what_is_unpriced_is_null_in_the_table_and_what_is_free_is_zero() throws Exception {
        store.log().requestEnded(RequestRecord.builder("unpriced", time.now()).build());
        store.log()
                .requestEnded(RequestRecord.builder("free", time.now())
                        .cost(new Cost(0, "free@2026-01-01"))
                        .build());
        store.log().flush(LONG);
        assertThat(database.strings("select cost_micro_usd from ccflare_request order by id desc"))
                .containsExactly(null, "0");
    }

    @Test
    void the_newest_records_come_first() throws Exception {
        for (int i = 0; i < 15; i++) {
            store.log().requestEnded(record(i));
        }
        store.log().flush(LONG);
        assertThat(store.log().count()).isEqualTo(15);
        assertThat(store.log().recent(3)).extracting(RequestRecord::id).containsExactly("r14", "r13", "r12");
        assertThatThrownBy(() -> store.log().recent(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_record_written_twice_is_there_once() throws Exception {
        store.log().requestEnded(full());
        store.log().flush(LONG);
        store.log().requestEnded(full());
        store.log().flush(LONG);
        assertThat(store.log().count()).isEqualTo(1);
        assertThat(store.log().find("full").orElseThrow().attempts()).hasSize(2);
    }

    @Test
    void while_the_database_is_down_memory_stays_bounded_losses_are_counted_and_it_recovers() throws Exception {
        store.log().flush(LONG);
        database.down = true;
        for (int i = 0; i < 50; i++) {
            store.log().requestEnded(record(i));
        }
        awaitFailures(1);
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(20, 0, 30, 1));
        time.advance(Duration.ofMillis(200));
        awaitFailures(2);
        time.advance(Duration.ofMillis(399));
        assertThat(store.log().stats().failedBatches())
                .as("the second pause is twice as long")
                .isEqualTo(2);
        database.down = false;
        time.advance(Duration.ofMillis(1));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(0, 20, 30, 2));
        assertThat(store.log().count()).isEqualTo(20);
        store.log().requestEnded(record(99));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().find("r99")).isPresent();
    }

    @Test
    void a_driver_that_fails_with_an_error_is_tried_again_as_any_other_and_nothing_is_lost() throws Exception {
        store.log().flush(LONG);
        database.broken = true;
        store.log().requestEnded(record(1));
        awaitFailures(1);
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(1, 0, 0, 1));
        database.broken = false;
        time.advance(Duration.ofMillis(200));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(0, 1, 0, 1));
        assertThat(store.log().find("r1")).isPresent();
    }

    @Test
    void a_database_that_stays_down_is_tried_again_every_thirty_seconds() {
        database.down = true;
        store.log().requestEnded(record(1));
        for (int failures = 1; failures < 15; failures++) {
            awaitFailures(failures);
            time.advance(Duration.ofSeconds(30));
        }
        awaitFailures(15);
        assertThat(store.log().stats().queued()).isEqualTo(1);
    }

    @Test
    void a_database_that_hangs_stops_nobody_who_tells_of_requests() throws Exception {
        store.log().flush(LONG);
        database.hang = new CountDownLatch(1);
        for (int i = 0; i < 100; i++) {
            store.log().requestEnded(record(i));
        }
        assertThat(store.log().stats().dropped()).isEqualTo(80);
        database.hang.countDown();
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().count()).isEqualTo(20);
    }

    @Test
    void many_threads_may_tell_and_every_record_is_written_or_counted() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        for (int thread = 0; thread < 4; thread++) {
            int number = thread;
            executor.execute(() -> {
                for (int i = 0; i < 250; i++) {
                    store.log().requestEnded(record(number * 1000 + i));
                }
            });
        }
        executor.shutdown();
        assertThat(executor.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(store.log().flush(LONG)).isTrue();
        JdbcRequestLog.Stats stats = store.log().stats();
        assertThat(stats.written() + stats.dropped()).isEqualTo(1000);
        assertThat(store.log().count()).isEqualTo(stats.written());
    }

    @Test
    void a_record_that_cannot_be_stored_is_counted_and_holds_up_no_other() throws Exception {
        store.log()
                .requestEnded(
                        RequestRecord.builder("bad", time.now()).outcome(null).build());
        store.log().requestEnded(record(1));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(0, 1, 1, 0));
    }

    @Test
    void closing_writes_what_waits() throws Exception {
        database.down = true;
        for (int i = 0; i < 20; i++) {
            store.log().requestEnded(record(i));
        }
        awaitFailures(1);
        database.down = false;
        store.close();
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(0, 20, 0, 1));
        store.log().requestEnded(record(99));
        assertThat(store.log().stats().dropped()).as("after closing").isEqualTo(1);
        assertThat(store.log().flush(LONG)).isFalse();
        store.close();
    }

    @Test
    void closing_gives_up_on_a_database_that_is_down_and_counts_what_is_lost() {
        database.down = true;
        store.log().requestEnded(record(1));
        awaitFailures(1);
        store.close();
        assertThat(store.log().stats()).isEqualTo(new JdbcRequestLog.Stats(0, 0, 1, 2));
    }

    @Test
    void closing_does_not_wait_for_a_database_that_hangs() throws Exception {
        store.close();
        store = database.store().time(time).logCloseWithin(Duration.ofMillis(1)).build();
        store.log().flush(LONG);
        int before = database.opened.get();
        database.hang = new CountDownLatch(1);
        store.log().requestEnded(record(1));
        TestDatabase.await(() -> database.opened.get() > before);
        store.close();
        assertThat(store.log().stats().dropped()).isEqualTo(1);
        assertThat(store.log().stats().queued()).isZero();
    }

    @Test
    void closing_ends_the_thread() {
        store.close();
        TestDatabase.await(JdbcRequestLogTest::noWriterIsLeft);
        assertThat(time.pendingTimers()).isZero();
    }

    private static boolean noWriterIsLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("ccflare-log-writer"));
    }

    @Test
    void old_records_are_deleted_with_their_attempts_at_the_start_and_every_hour() throws Exception {
        assertThat(store.log().flush(LONG))
                .as("the deletion at the start is over")
                .isTrue();
        for (int i = 0; i < 20; i++) {
            store.log().requestEnded(old(i));
        }
        store.log().flush(LONG);
        store.log().requestEnded(full());
        store.log().flush(LONG);
        assertThat(store.log().count()).isEqualTo(21);
        time.advance(Duration.ofHours(1));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(database.strings("select id from ccflare_request")).containsExactly("full");
        time.advance(Duration.ofDays(31));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(database.strings("select count(*) from ccflare_attempt")).containsExactly("0");
        assertThat(store.log().count()).isZero();
    }

    @Test
    void more_old_records_than_one_portion_are_all_deleted() throws Exception {
        database.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 1201)"
                + " insert into ccflare_request (id, started_at, method, path, route, provider, stream, outcome, status,"
                + " partial, total_us, request_bytes, response_bytes)"
                + " select 'old' || i, i, '', '', '', '', 0, 'OK', 200, 0, 0, 0, 0 from n");
        time.advance(Duration.ofHours(2));
        assertThat(store.log().flush(LONG)).isTrue();
        assertThat(store.log().count()).isZero();
    }

    @Test
    void an_outcome_that_a_newer_version_wrote_is_read_as_unknown() throws Exception {
        store.log().requestEnded(record(1));
        store.log().flush(LONG);
        database.execute("update ccflare_request set outcome = 'FROM_THE_FUTURE'");
        assertThat(store.log().find("r1").orElseThrow().outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    private void awaitFailures(long count) {
        TestDatabase.await(() -> store.log().stats().failedBatches() >= count);
    }

    private RequestRecord record(int number) {
        return RequestRecord.builder("r" + number, time.now().plusMillis(number))
                .outcome(Outcome.OK)
                .build();
    }

    private RequestRecord old(int number) {
        return RequestRecord.builder("r" + number, time.now().minus(Duration.ofDays(31)))
                .attempts(full().attempts())
                .build();
    }

    private RequestRecord full() {
        Instant start = time.now().plusSeconds(5);
        return RequestRecord.builder("full", start)
                .method("POST")
                .path("/v1/messages/%2F'")
                .route("messages")
                .provider("anthropic")
                .caller("team \"Ä\"")
                .session("digest")
                .model("claude-opus-5-5")
                .servedModel("claude-opus-5-5-20260922")
                .stream(true)
                .outcome(Outcome.CUT)
                .status(200)
                .accountId("id-2")
                .accountName("two")
                .attempts(List.of(
                        new AttemptRecord(
                                "id-1",
                                "one",
                                "bound",
                                Outcome.RATE_LIMITED,
                                429,
                                Duration.ofNanos(1_000),
                                Duration.ofMillis(12),
                                "rate_limit_error",
                                "5h used up",
                                "req_1"),
                        new AttemptRecord(
                                "id-2",
                                "two",
                                "newest open session",
                                Outcome.CUT,
                                200,
                                Duration.ofMillis(13),
                                Duration.ofSeconds(2),
                                null,
                                null,
                                null)))
                .skipped(List.of(
                        new Skipped("id\t3", "100% %09 three", "COOLING", start.plusSeconds(60)),
                        new Skipped("id\n4", "four", "PAUSED", null)))
                .usage(new Usage(1, 2, 3, 4, 5_000_000_000L, 6, 7, "standard", "fast", "eu"))
                .cost(new Cost(123_456_789_012L, "claude-opus-5-5@2026-09-22"))
                .partial(true)
                .stopReason("end_turn")
                .errorType("api_error")
                .errorDetail("the stream broke off")
                .timing(new Timing(Duration.ofNanos(5_000), Duration.ofMillis(20), Duration.ofSeconds(2)))
                .requestBytes(4_000_000_000L)
                .responseBytes(17)
                .build();
    }
}
