package io.ccflare.store.jdbc;

import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.time.TimeSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The queue of the log and the one thread that empties it. A batch leaves the queue once it is written, so the bound holds for all. */
final class LogWriter {

    private static final System.Logger LOG = System.getLogger(JdbcRequestLog.class.getName());
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(200);
    private static final Duration LINGER = Duration.ofMillis(50);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
    private static final Duration RETENTION_EVERY = Duration.ofHours(1);
    private static final int DELETED_AT_ONCE = 500;

    private final RequestTable table;
    private final LogSettings settings;
    private final TimeSource time;
    private final Complaints losses;
    private final Complaints failures;
    private final Thread thread = new Thread(this::run, "ccflare-log-writer");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // What follows is guarded by the lock.
    private final Deque<LogEntry> queue = new ArrayDeque<>();
    private long written;
    private long dropped;
    private long failedBatches;
    private boolean deletionDue;
    private int flushing;
    private boolean backingOff;
    private Duration backoff = Duration.ZERO;
    private boolean closing;
    private boolean ended;
    private TimeSource.@Nullable Timer backoffTimer;
    private TimeSource.@Nullable Timer deletionTimer;

    LogWriter(RequestTable table, LogSettings settings, TimeSource time) {
        this.table = table;
        this.settings = settings;
        this.time = time;
        this.losses = new Complaints(LOG, time);
        this.failures = new Complaints(LOG, time);
        this.deletionDue = !settings.retention().isZero();
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    void offer(RequestRecord record) {
        LogEntry entry;
        try {
            entry = LogEntry.of(record);
        } catch (RuntimeException e) {
            losses.about("A record cannot be stored and is lost; records lost so far: " + drop(), e);
            return;
        }
        if (!enqueue(entry)) {
            losses.about("The request log is full or closed; records lost so far: " + drop(), null);
        }
    }

    JdbcRequestLog.Stats stats() {
        lock.lock();
        try {
            return new JdbcRequestLog.Stats(queue.size(), written, dropped, failedBatches);
        } finally {
            lock.unlock();
        }
    }

    boolean awaitIdle(Duration within) throws InterruptedException {
        long left = within.toNanos();
        lock.lockInterruptibly();
        try {
            flushing++;
            changed.signalAll();
            while ((!queue.isEmpty() || deletionDue) && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return queue.isEmpty() && !deletionDue && !ended;
        } finally {
            flushing--;
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closing = true;
            deletionDue = false;
            cancel(backoffTimer);
            cancel(deletionTimer);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(Math.max(1, settings.closeWithin().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A driver that hangs is told to give up; if it does not, the thread is a daemon.
        thread.interrupt();
        end();
    }

    private void run() {
        boolean running = true;
        while (running) {
            try {
                running = step();
            } catch (InterruptedException e) {
                running = false;
            } catch (SQLException | RuntimeException e) {
                failed(e);
            }
        }
        end();
    }

    /**
     * Waits for work and does one portion of it.
     *
     * @return false when there is none left for good
     */
    private boolean step() throws InterruptedException, SQLException {
        List<LogEntry> batch;
        boolean delete;
        lock.lockInterruptibly();
        try {
            while (!closing && (backingOff || (queue.isEmpty() && !deletionDue))) {
                changed.await();
            }
            letBatchGrow();
            if (ended || (closing && queue.isEmpty())) {
                return false;
            }
            batch = queue.stream().limit(settings.batchSize()).toList();
            delete = deletionDue;
        } finally {
            lock.unlock();
        }
        if (!batch.isEmpty()) {
            table.write(batch);
            wrote(batch.size());
        }
        if (delete) {
            long before = time.now().minus(settings.retention()).toEpochMilli();
            deleted(table.deleteStartedBefore(before, DELETED_AT_ONCE));
        }
        return true;
    }

    /** A transaction costs as much as many records: what comes within a moment goes together. Called with the lock held. */
    private void letBatchGrow() throws InterruptedException {
        long left = LINGER.toNanos();
        while (!closing && flushing == 0 && !deletionDue && queue.size() < settings.batchSize() && left > 0) {
            left = changed.awaitNanos(left);
        }
    }

    private void wrote(int count) {
        boolean recovered;
        lock.lock();
        try {
            if (ended) {
                // It took longer than closing could wait, and was given up for lost.
                dropped -= count;
            } else {
                for (int i = 0; i < count; i++) {
                    queue.remove();
                }
            }
            written += count;
            recovered = !backoff.isZero();
            backoff = Duration.ZERO;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (recovered) {
            LOG.log(System.Logger.Level.INFO, "The request log is written again");
        }
    }

    private void deleted(int count) {
        lock.lock();
        try {
            backoff = Duration.ZERO;
            if (count < DELETED_AT_ONCE && !closing) {
                deletionDue = false;
                deletionTimer = time.after(RETENTION_EVERY, this::deletionFallsDue);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void deletionFallsDue() {
        lock.lock();
        try {
            deletionDue = !closing;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(Exception failure) {
        int waiting;
        lock.lock();
        try {
            failedBatches++;
            waiting = queue.size();
            if (closing) {
                ended = true;
            } else {
                Duration doubled = backoff.isZero() ? FIRST_BACKOFF : backoff.multipliedBy(2);
                backoff = doubled.compareTo(LONGEST_BACKOFF) < 0 ? doubled : LONGEST_BACKOFF;
                backingOff = true;
                backoffTimer = time.after(backoff, this::backoffEnds);
            }
        } finally {
            lock.unlock();
        }
        failures.about("The request log cannot be written; it is tried again, " + waiting + " records wait", failure);
    }

    private void backoffEnds() {
        lock.lock();
        try {
            backingOff = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean enqueue(LogEntry entry) {
        lock.lock();
        try {
            if (closing || queue.size() >= settings.queueBound()) {
                return false;
            }
            queue.add(entry);
            if (queue.size() == 1 || queue.size() == settings.batchSize()) {
                changed.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long drop() {
        lock.lock();
        try {
            return ++dropped;
        } finally {
            lock.unlock();
        }
    }

    /** What still waits is lost. Idempotent. */
    private void end() {
        int lost;
        lock.lock();
        try {
            ended = true;
            lost = queue.size();
            dropped += lost;
            queue.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (lost > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The request log was closed before {0} records were written; they are lost",
                    lost);
        }
    }

    private static void cancel(TimeSource.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
