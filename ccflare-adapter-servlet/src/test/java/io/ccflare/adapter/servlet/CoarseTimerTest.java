package io.ccflare.adapter.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;

class CoarseTimerTest {

    private final Hands hands = new Hands();
    private final CoarseTimer timer = new CoarseTimer(hands, 50, () -> TimeUnit.MILLISECONDS.toNanos(hands.now));
    private final List<String> ran = new ArrayList<>();

    @Test
    void aTaskRunsAfterTheDelayOrUpToHalfAsLongAgain() {
        timer.later(() -> ran.add("a"));
        hands.turnTo(49);
        assertThat(ran).isEmpty();
        hands.turnTo(75);
        assertThat(ran).containsExactly("a");
    }

    @Test
    void tasksThatComeTogetherTakeOneTimer() {
        for (int i = 0; i < 100; i++) {
            timer.later(() -> ran.add("one of many"));
        }
        assertThat(hands.scheduled).isEqualTo(1);
        hands.turnTo(200);
        assertThat(ran).hasSize(100);
        assertThat(hands.scheduled).isLessThanOrEqualTo(3);
    }

    @Test
    void noTimerRunsWhileThereIsNothingToDo() {
        timer.later(() -> ran.add("a"));
        hands.turnTo(1000);
        int soFar = hands.scheduled;
        hands.turnTo(5000);
        assertThat(hands.scheduled).isEqualTo(soFar);
        timer.later(() -> ran.add("b"));
        hands.turnTo(5075);
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void aTaskThatComesLaterWaitsItsOwnTime() {
        timer.later(() -> ran.add("a"));
        hands.turnTo(40);
        timer.later(() -> ran.add("b"));
        hands.turnTo(75);
        assertThat(ran).containsExactly("a");
        hands.turnTo(115);
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void aTaskThatThrowsKeepsNoOtherFromRunning() {
        timer.later(() -> {
            throw new IllegalStateException("a task that fails");
        });
        timer.later(() -> ran.add("b"));
        assertThatThrownBy(() -> hands.turnTo(75)).hasMessage("a task that fails");
        hands.turnTo(200);
        assertThat(ran).containsExactly("b");
    }

    /** A scheduler whose clock a test turns. */
    private static final class Hands extends AbstractLifeCycle implements Scheduler {

        private record Due(Runnable task, long at) {}

        private final List<Due> waiting = new ArrayList<>();
        private long now;
        private int scheduled;

        @Override
        public Task schedule(Runnable task, long delay, TimeUnit units) {
            scheduled++;
            Due due = new Due(task, now + units.toMillis(delay));
            waiting.add(due);
            return () -> waiting.remove(due);
        }

        void turnTo(long millis) {
            while (now < millis) {
                now++;
                for (Due due : List.copyOf(waiting)) {
                    if (due.at <= now) {
                        waiting.remove(due);
                        due.task.run();
                    }
                }
            }
        }
    }
}
