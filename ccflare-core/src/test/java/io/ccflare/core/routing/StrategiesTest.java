package io.ccflare.core.routing;

import static io.ccflare.core.routing.SomePool.NOW;
import static io.ccflare.core.routing.SomePool.REQUEST;
import static io.ccflare.core.routing.SomePool.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.routing.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StrategiesTest {

    static List<RoutingStrategy> builtIn() {
        return List.of(new SessionStrategy(), new LeastLoadedStrategy());
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void thePickIsWhatTheRankingPutsFirst(RoutingStrategy strategy) {
        for (int seed = 0; seed < 5000; seed++) {
            PoolSnapshot pool = SomePool.random(new Random(seed)).snapshot();
            List<Ranking.Place> places = strategy.rank(REQUEST, pool).places();
            assertThat(strategy.pick(REQUEST, pool))
                    .as("seed %d", seed)
                    .isEqualTo(places.isEmpty() ? null : places.get(0));
        }
    }

    @ParameterizedTest
    @MethodSource("builtIn")
    void exactlyTheUsableAreRankedAndTheSameQuestionHasTheSameAnswer(RoutingStrategy strategy) {
        for (int seed = 0; seed < 2000; seed++) {
            PoolSnapshot pool = SomePool.random(new Random(seed)).snapshot();
            List<Ranking.Place> places = strategy.rank(REQUEST, pool).places();
            assertThat(places)
                    .extracting(Ranking.Place::index)
                    .containsExactlyInAnyOrderElementsOf(pool.usable().boxed().toList());
            PoolSnapshot same = SomePool.random(new Random(seed)).snapshot();
            assertThat(strategy.rank(REQUEST, same).places())
                    .as("seed %d", seed)
                    .isEqualTo(places);
        }
    }

    @Test
    void theNewestOpenSessionKeepsBeingUsed() {
        SomePool pool = new SomePool()
                .account(0, null, 0)
                .account(0, Duration.ofHours(4), 0)
                .account(0, Duration.ofHours(1), 7);
        assertThat(order(new SessionStrategy(), pool)).containsExactly(2, 1, 0);
    }

    @Test
    void aSessionEndsWhenItsTimeIsOver() {
        SomePool pool = new SomePool().account(0, null, 0).account(0, Duration.ofHours(5), 0);
        assertThat(order(new SessionStrategy(), pool)).containsExactly(0, 1);
        assertThat(order(new SessionStrategy(Duration.ofHours(5).plusMillis(1)), pool))
                .containsExactly(1, 0);
    }

    @Test
    void priorityGoesBeforeAnOpenSession() {
        SomePool pool = new SomePool().account(1, Duration.ofHours(1), 0).account(0, null, 0);
        assertThat(order(new SessionStrategy(), pool)).containsExactly(1, 0);
    }

    @Test
    void theReasonSaysWhetherASessionIsOpen() {
        PoolSnapshot pool = new SomePool()
                .account(0, Duration.ofHours(1), 0)
                .account(0, null, 0)
                .snapshot();
        assertThat(new SessionStrategy().rank(REQUEST, pool).places())
                .extracting(Ranking.Place::reason)
                .containsExactly("newest open session", "first in order");
    }

    @Test
    void aSessionMustLast() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionStrategy(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionStrategy(Duration.ofSeconds(-1)));
    }

    @Test
    void theFewestOpenCallsWinThenTheEmptiestWindow() {
        SomePool pool = new SomePool()
                .account(0, null, 2)
                .account(0, null, 1, window(null, 0.9))
                .account(0, null, 1, window(null, 0.2), window("sonnet", 0.5))
                .account(1, null, 0);
        assertThat(order(new LeastLoadedStrategy(), pool)).containsExactly(2, 1, 0, 3);
    }

    @Test
    void aWindowOfAnotherModelClassDoesNotCount() {
        SomePool pool = new SomePool()
                .account(0, null, 0, window("sonnet", 0.3))
                .account(0, null, 0, window("opus", 0.9), window(null, null));
        assertThat(order(new LeastLoadedStrategy(), pool)).containsExactly(1, 0);
    }

    @Test
    void storeOrderDecidesAmongEquals() {
        SomePool pool = new SomePool().account(0, null, 1).account(0, null, 1).account(0, null, 1);
        assertThat(order(new LeastLoadedStrategy(), pool)).containsExactly(0, 1, 2);
        assertThat(order(new SessionStrategy(), pool)).containsExactly(0, 1, 2);
    }

    @Test
    void nobodyIsPickedWhenNobodyIsUsable() {
        PoolSnapshot pool = new SomePool().account(Standing.COOLING, 0, null, 0).snapshot();
        assertThat(new SessionStrategy().pick(REQUEST, pool)).isNull();
        assertThat(new LeastLoadedStrategy().pick(REQUEST, pool)).isNull();
        assertThat(pool.now()).isEqualTo(NOW);
    }

    private static List<Integer> order(RoutingStrategy strategy, SomePool pool) {
        return strategy.rank(REQUEST, pool.snapshot()).places().stream()
                .map(Ranking.Place::index)
                .toList();
    }
}
