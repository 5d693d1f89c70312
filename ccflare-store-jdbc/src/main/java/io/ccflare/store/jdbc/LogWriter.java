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

/** The queue of the log and the one thread that empties it. A batch leaves the queue once it is written, so the bound holds for all. */
final class LogWriter {

    private static final System.Logger LOG = System.getLogger(JdbcRequestLog.class.getName());
    private static final Duration LINGER = Duration.ofMillis(50);

    private final RequestTable table;
    private final LogSettings settings;
    private final Complaints losses;
    private final Complaints failures;
    private final Thread thread = new Thread(this::run, "ccflare-log-writer");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // What follows is guarded by the lock.
    private final Deque<LogEntry> queue = new ArrayDeque<>();
    private final Backoff backoff;
    private final Retention retention;
    private long written;
    private long dropped;
    private long failedBatches;
    private int flushing;
    private boolean closing;
    private boolean ended;

    LogWriter(RequestTable table, LogSettings settings, TimeSource time) {
        this.table = table;
        this.settings = settings;
        this.losses = new Complaints(LOG, time);
        this.failures = new Complaints(LOG, time);
        this.backoff = new Backoff(time);
        this.retention = new Retention(time, settings.retention());
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
            while ((!queue.isEmpty() || retention.due()) && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return queue.isEmpty() && !retention.due() && !ended;
        } finally {
            flushing--;
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closing = true;
            retention.stop();
            backoff.cancel();
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
        try {
            boolean running = true;
            while (running) {
                running = stepOrPause();
            }
        } finally {
            // Should even the handling of a failure fail, what waits is counted as lost and nobody waits in vain.
            end();
        }
    }

    private boolean stepOrPause() {
        try {
            return step();
        } catch (InterruptedException e) {
            return false;
        } catch (SQLException | RuntimeException | Error e) {
            // An Error of a driver (a class that is missing, a stack too deep) may pass as well.
            failed(e);
            return true;
        }
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
            while (!closing && (backoff.pausing() || (queue.isEmpty() && !retention.due()))) {
                changed.await();
            }
            letBatchGrow();
            if (ended || (closing && queue.isEmpty())) {
                return false;
            }
            batch = queue.stream().limit(settings.batchSize()).toList();
            delete = retention.due();
        } finally {
            lock.unlock();
        }
        if (!batch.isEmpty()) {
            table.write(batch);
            wrote(batch.size());
        }
        if (delete) {
            deleted(retention.deleteSome(table));
        }
        return true;
    }

    /** A transaction costs as much as many records: what comes within a moment goes together. Called with the lock held. */
    private void letBatchGrow() throws InterruptedException {
        long left = LINGER.toNanos();
        while (!closing && flushing == 0 && !retention.due() && queue.size() < settings.batchSize() && left > 0) {
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
            recovered = backoff.succeeded();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (recovered) {
            LOG.log(System.Logger.Level.INFO, "The request log is written again");
        }
    }

    private void deleted(boolean moreLeft) {
        lock.lock();
        try {
            backoff.succeeded();
            if (!moreLeft && !closing) {
                retention.done(this::deletionFallsDue);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void deletionFallsDue() {
        lock.lock();
        try {
            if (!closing) {
                retention.fallDue();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(Throwable failure) {
        int waiting;
        lock.lock();
        try {
            failedBatches++;
            waiting = queue.size();
            if (closing) {
                ended = true;
            } else {
                backoff.begin(this::backoffEnds);
            }
        } finally {
            lock.unlock();
        }
        failures.about("The request log cannot be written; it is tried again, " + waiting + " records wait", failure);
    }

    private void backoffEnds() {
        lock.lock();
        try {
            backoff.end();
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
}
