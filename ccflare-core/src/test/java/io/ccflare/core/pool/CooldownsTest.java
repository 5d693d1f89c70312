package io.ccflare.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.Cooldown.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CooldownsTest {

    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    private final Cooldowns cooldowns = new Cooldowns();

    @Test
    void theLaterDeadlineStaysInWhicheverOrderTheyCome() {
        Cooldown early = cooldown("a", null, Kind.WINDOW, 10);
        Cooldown late = cooldown("a", null, Kind.SPEND_CAP, 20);
        assertThat(cooldowns.put(late)).isTrue();
        assertThat(cooldowns.put(early)).isFalse();
        assertThat(cooldowns.of(List.of("a"), NOW)).containsExactly(late);
    }

    @Test
    void aBackOffStandsBesideARefusal() {
        Cooldown refusal = cooldown("a", null, Kind.WINDOW, 10);
        Cooldown backoff = cooldown("a", null, Kind.BACKOFF, 20);
        cooldowns.put(refusal);
        cooldowns.put(backoff);
        assertThat(cooldowns.of(List.of("a"), NOW)).containsExactlyInAnyOrder(refusal, backoff);
    }

    @Test
    void modelClassesDoNotTouchEachOther() {
        Cooldown opus = cooldown("a", "opus", Kind.WINDOW, 10);
        Cooldown sonnet = cooldown("a", "sonnet", Kind.WINDOW, 20);
        cooldowns.put(opus);
        cooldowns.put(sonnet);
        assertThat(cooldowns.clear("a", "sonnet", NOW.plusSeconds(1))).isTrue();
        assertThat(cooldowns.of(List.of("a"), NOW)).containsExactly(opus);
    }

    @Test
    void aSuccessClearsOnlyWhatWasSetBeforeItsCallBegan() {
        cooldowns.put(cooldown("a", null, Kind.WINDOW, 10));
        assertThat(cooldowns.clear("a", null, NOW)).isFalse();
        assertThat(cooldowns.clear("a", null, NOW.plusMillis(1))).isTrue();
        assertThat(cooldowns.isEmpty()).isTrue();
    }

    @Test
    void onesThatLapsedAreNotOfferedAndCanBeDropped() {
        cooldowns.put(cooldown("a", null, Kind.WINDOW, 10));
        Instant end = NOW.plusSeconds(10);
        assertThat(cooldowns.of(List.of("a"), end.minusMillis(1))).hasSize(1);
        assertThat(cooldowns.of(List.of("a"), end)).isEmpty();
        cooldowns.dropLapsed(end.minusMillis(1));
        assertThat(cooldowns.isEmpty()).isFalse();
        cooldowns.dropLapsed(end);
        assertThat(cooldowns.isEmpty()).isTrue();
    }

    @Test
    void aDomainCanBeForgottenAsAWhole() {
        cooldowns.put(cooldown("a", null, Kind.WINDOW, 10));
        cooldowns.put(cooldown("a", "opus", Kind.BACKOFF, 10));
        Cooldown other = cooldown("b", null, Kind.WINDOW, 10);
        cooldowns.put(other);
        assertThat(cooldowns.forget("a")).containsExactlyInAnyOrder(null, "opus");
        assertThat(cooldowns.of(List.of("a", "b"), NOW)).containsExactly(other);
    }

    @ParameterizedTest
    @CsvSource({
        "BACKOFF, 0, 1",
        "BACKOFF, 1, 2",
        "BACKOFF, 4, 16",
        "BACKOFF, 5, 30",
        "BACKOFF, 1000000, 30",
        "WINDOW, 0, 1",
        "CREDENTIAL, 0, 300",
        "CREDENTIAL, 3, 2400",
        "CREDENTIAL, 4, 3600",
        "PERMISSION, 9, 300",
        "SPEND_CAP, 0, 3600"
    })
    void aRestWithoutAnEndGrowsUpToABound(Kind kind, int failures, long seconds) {
        assertThat(Ladder.rest(kind, failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    private static Cooldown cooldown(String domain, @Nullable String modelClass, Kind kind, long seconds) {
        return new Cooldown(domain, modelClass, kind, NOW.plusSeconds(seconds), NOW, null);
    }
}
