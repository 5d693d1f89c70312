package io.ccflare.core.call;

import io.ccflare.api.record.Outcome;
import io.ccflare.api.time.TimeSource.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A wait between two attempts: goes on once, when its time is over or what it waits for may have come, unless it is given up. */
final class Pause implements Step, Runnable {

    private final Call call;
    private final Runnable resume;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Timer timer = () -> {};
    private volatile Runnable forget = () -> {};

    Pause(Call call, Runnable resume) {
        this.call = call;
        this.resume = resume;
    }

    /** @param forAccount whether a change in the pool ends it too */
    void begin(Engine engine, Duration length, boolean forAccount) {
        if (over.get()) {
            return;
        }
        if (forAccount) {
            forget = engine.pool().awaitChange(this);
        }
        timer = engine.time().after(length, this);
        if (over.get()) {
            letGo();
        }
    }

    @Override
    public void run() {
        if (over.compareAndSet(false, true)) {
            letGo();
            try {
                resume.run();
            } catch (RuntimeException | Error defect) {
                call.defect(defect);
            }
        }
    }

    @Override
    public void abandon(Outcome why) {
        over.set(true);
        letGo();
    }

    private void letGo() {
        timer.cancel();
        forget.run();
    }
}
