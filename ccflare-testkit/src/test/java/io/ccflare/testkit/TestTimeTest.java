package io.ccflare.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TestTimeTest {

    private final TestTime time = new TestTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void both_clocks_stand_still_until_they_are_moved() {
        assertThat(time.now()).isEqualTo(TestTime.START);
        long before = time.nanos();
        time.advance(Duration.ofNanos(1_500_000));
        assertThat(time.nanos() - before).isEqualTo(1_500_000);
        assertThat(time.now()).isEqualTo(TestTime.START.plusMillis(1));
        assertThat(new TestTime(Instant.EPOCH).nowMillis()).isZero();
    }

    @Test
    void tasks_run_in_the_order_of_their_times_each_at_its_own() {
        List<Instant> times = new ArrayList<>();
        for (int seconds : List.of(3, 1, 2, 1)) {
            time.after(Duration.ofSeconds(seconds), () -> {
                ran.add(seconds + "");
                times.add(time.now());
            });
        }
        time.advance(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("1", "1", "2");
        assertThat(times.get(0)).isEqualTo(TestTime.START.plusSeconds(1));
        assertThat(time.now()).isEqualTo(TestTime.START.plusSeconds(2));
        assertThat(time.pendingTimers()).isEqualTo(1);
    }

    @Test
    void tasks_set_by_tasks_run_when_they_fall_due() {
        time.after(Duration.ofSeconds(1), () -> time.after(Duration.ofSeconds(1), () -> ran.add("second")));
        time.advance(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("second");
    }

    @Test
    void a_task_without_a_delay_waits_for_the_next_move() {
        time.after(Duration.ofSeconds(-1), () -> ran.add("now"));
        assertThat(ran).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(ran).containsExactly("now");
    }

    @Test
    void a_task_taken_back_does_not_run() {
        TimeSource.Timer timer = time.after(Duration.ofSeconds(1), () -> ran.add("gone"));
        time.after(Duration.ofSeconds(1), () -> ran.add("kept"));
        timer.cancel();
        timer.cancel();
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).containsExactly("kept");
    }

    @Test
    void a_task_that_fails_stops_no_other_and_fails_the_test() {
        time.after(Duration.ZERO, () -> {
            throw new IllegalStateException("first");
        });
        time.after(Duration.ZERO, () -> ran.add("second"));
        assertThatThrownBy(() -> time.advance(Duration.ZERO)).hasMessage("first");
        assertThat(ran).containsExactly("second");
    }

    @Test
    void time_does_not_go_back() {
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
