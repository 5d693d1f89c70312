package io.ccflare.core.pool;

import static io.ccflare.core.pool.PoolRig.FILES;
import static io.ccflare.core.pool.PoolRig.MESSAGES;
import static io.ccflare.core.pool.PoolRig.account;
import static io.ccflare.core.pool.PoolRig.request;
import static io.ccflare.core.pool.PoolRig.taken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import io.ccflare.api.record.Skipped;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.api.routing.RoutingRequest;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.state.Cooldown.Kind;
import io.ccflare.core.routing.LeastLoadedStrategy;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionBalancerTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PoolRig rig = new PoolRig(
            account("a").maxInFlight(1).build(),
            account("b").maxInFlight(1).build(),
            account("c").maxInFlight(1).priority(1).build());

    @Test
    void theStrategysFirstIsTakenWithASlotOnIt() {
        Choice choice = rig.choose(null);
        assertThat(choice).isInstanceOf(Choice.Taken.class);
        assertThat(rig.pool.inFlight("a")).isEqualTo(1);
        assertThat(((Choice.Taken) choice).slot().reason()).isEqualTo("first in order");
        assertThat(taken(choice)).isEqualTo("a");
        assertThat(rig.pool.inFlight("a")).isZero();
    }

    @Test
    void aBindingGoesBeforeTheStrategy() {
        bind("s", "c");
        assertThat(taken(rig.choose("s"))).isEqualTo("c");
        assertThat(taken(rig.choose("other"))).isEqualTo("a");
    }

    @Test
    void aBindingIsNotFollowedToAnAccountThatCannotServe() {
        bind("s", "b");
        assertThat(taken(rig.choose("s", "b"))).isEqualTo("a");
        rig.rest("b", Kind.WINDOW, null, rig.in(MINUTE));
        assertThat(taken(rig.choose("s"))).isEqualTo("a");
        bind("s", "gone");
        assertThat(taken(rig.choose("s"))).isEqualTo("a");
    }

    @Test
    void aBindingIsFollowedToAnAccountThatFailedAMomentAgo() {
        bind("s", "b");
        rig.rest("b", Kind.BACKOFF, null, null);
        assertThat(taken(rig.choose("s"))).isEqualTo("b");
        assertThat(taken(rig.choose("other"))).isEqualTo("a");
    }

    @Test
    void aBindingIsNotFollowedToAFullAccount() {
        bind("s", "a");
        Slot open = rig.slot("a");
        assertThat(taken(rig.choose("s"))).isEqualTo("b");
        open.release();
        assertThat(taken(rig.choose("s"))).isEqualTo("a");
    }

    @Test
    void thoseThatFailedAMomentAgoComeIntoPlayLast() {
        rig.rest("a", Kind.BACKOFF, null, null);
        rig.rest("b", Kind.WINDOW, null, rig.in(MINUTE));
        assertThat(taken(rig.choose(null))).isEqualTo("c");
        assertThat(taken(rig.choose(null, "c"))).isEqualTo("a");
    }

    @Test
    void theSkippedAreNamedWithTheirReasonAndReturn() {
        rig.rest("a", Kind.WINDOW, null, rig.in(MINUTE));
        Choice choice = rig.choose(null, "b");
        assertThat(taken(choice)).isEqualTo("c");
        assertThat(choice.skipped())
                .containsExactly(
                        new Skipped("a", "name-a", "COOLING", rig.in(MINUTE)),
                        new Skipped("b", "name-b", "TRIED", null));
    }

    @Test
    void whenAllRestTheFirstReturnIsTold() {
        rig.rest("a", Kind.WINDOW, null, rig.in(Duration.ofMinutes(3)));
        rig.rest("b", Kind.WINDOW, null, rig.in(MINUTE));
        rig.rest("c", Kind.CREDENTIAL, null, null);
        Choice.Nobody nobody = (Choice.Nobody) rig.choose(null);
        assertThat(nobody.why()).isEqualTo(Choice.Why.WAITING);
        assertThat(nobody.returnsAt()).isEqualTo(rig.in(MINUTE));
        assertThat(nobody.waitUntil()).isEqualTo(rig.in(MINUTE));
        assertThat(nobody.skipped()).hasSize(3);
    }

    @Test
    void whenAllNeedTheirOperatorWaitingDoesNotHelp() {
        rig.replace(account("a").paused(true).build(), account("b").build());
        rig.rest("b", Kind.CREDENTIAL, null, null);
        Choice.Nobody nobody = (Choice.Nobody) rig.choose(null);
        assertThat(nobody.why()).isEqualTo(Choice.Why.NEEDS_OPERATOR);
        assertThat(nobody.returnsAt()).isNull();
        assertThat(nobody.waitUntil()).isNull();
    }

    @Test
    void anEmptyPoolSaysSo() {
        rig.replace();
        assertThat(((Choice.Nobody) rig.choose(null)).why()).isEqualTo(Choice.Why.NO_ACCOUNT);
    }

    @Test
    void whatNamesSomethingGoesToOneAccountOnly() {
        Slot open = rig.slot("a");
        assertThat(rig.chooseFor(FILES, null)).isInstanceOf(Choice.Nobody.class);
        open.release();
        assertThat(taken(rig.chooseFor(FILES, null))).isEqualTo("a");
        rig.replace(
                account("a").paused(true).build(),
                account("b").build(),
                account("c").priority(-1).build());
        assertThat(taken(rig.chooseFor(FILES, null))).isEqualTo("c");
    }

    @Test
    void aBrokenStrategyFallsBackToStoreOrder() {
        RoutingStrategy throwing = (request, pool) -> {
            throw new IllegalStateException("broken");
        };
        RoutingStrategy outside = (request, pool) -> Ranking.none().then(99, "nowhere");
        RoutingStrategy unusable = new RoutingStrategy() {
            @Override
            public Ranking rank(RoutingRequest request, PoolSnapshot pool) {
                return Ranking.none().then(0, "never mind");
            }
        };
        for (RoutingStrategy broken : new RoutingStrategy[] {throwing, outside, unusable}) {
            assertThat(taken(rig.balancer.choose(request(null, null), MESSAGES, broken, Set.of("a"))))
                    .isEqualTo("b");
        }
    }

    @Test
    void aSlotCanBeTakenAgainUnlessTheAccountWasTakenOutOfUse() {
        Slot first = rig.call("a");
        Slot again = rig.balancer.again(first);
        assertThatObject(again).isNotNull();
        assertThatObject(rig.balancer.again(first)).isNull();
        again.release();
        rig.replace(account("a").paused(true).build());
        assertThatObject(rig.balancer.again(first)).isNull();
        rig.replace();
        assertThatObject(rig.balancer.again(first)).isNull();
    }

    @Test
    void explainingTakesNothing() {
        Ranking ranking = rig.balancer.explain(request(null, null), MESSAGES, new LeastLoadedStrategy());
        assertThat(ranking.places()).extracting(Ranking.Place::index).containsExactly(0, 1, 2);
        assertThat(rig.pool.inFlight("a")).isZero();
    }

    @Test
    void aConversationIsWarmForAWhileOnItsOwnAccount() {
        bind("s", "a");
        assertThat(rig.balancer.warmOn("s", "a")).isTrue();
        assertThat(rig.balancer.warmOn("s", "b")).isFalse();
        assertThat(rig.balancer.warmOn(null, "a")).isFalse();
        rig.time.advance(Duration.ofMinutes(5));
        assertThat(rig.balancer.warmOn("s", "a")).isFalse();
    }

    private void bind(String session, String account) {
        rig.bindings.bind(session, account, rig.time.nowMillis());
    }
}
