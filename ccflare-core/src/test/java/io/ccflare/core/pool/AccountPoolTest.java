package io.ccflare.core.pool;

import static io.ccflare.core.pool.PoolRig.SESSION;
import static io.ccflare.core.pool.PoolRig.account;
import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Credential;
import io.ccflare.api.account.Secret;
import io.ccflare.api.provider.Verdict;
import io.ccflare.api.routing.AccountState;
import io.ccflare.api.routing.Standing;
import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.Cooldown.Kind;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.UsageWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccountPoolTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PoolRig rig = new PoolRig(
            account("a").quotaDomain("org").build(),
            account("b").quotaDomain("org").build(),
            account("c").maxInFlight(1).build());

    @Test
    void accountsStandInStoreOrder() {
        assertThat(rig.pool.states()).extracting(s -> s.account().id()).containsExactly("a", "b", "c");
        assertThat(rig.pool.states()).extracting(AccountState::maxInFlight).containsExactly(2, 2, 1);
    }

    @Test
    void whatIsKnownOfAnAccountOutlivesAReload() {
        Slot open = rig.slot("a");
        rig.rest("a", Kind.WINDOW, null, rig.in(MINUTE));
        rig.replace(account("a").quotaDomain("org").priority(3).build());
        assertThat(rig.pool.inFlight("a")).isEqualTo(1);
        assertThat(standing("a")).isEqualTo(Standing.COOLING);
        assertThat(rig.pool.find("b")).isNull();
        open.release();
        assertThat(rig.pool.inFlight("a")).isZero();
    }

    @Test
    void anotherCredentialIsJudgedAnew() {
        rig.rest("c", Kind.CREDENTIAL, null, null);
        assertThat(standing("c")).isEqualTo(Standing.SIGN_IN_NEEDED);
        rig.replace(account("c")
                .credential(new Credential.ApiKey(Secret.of("key-fresh")))
                .build());
        assertThat(standing("c")).isEqualTo(Standing.USABLE);
    }

    @Test
    void whatTheOldCredentialIsToldAfterwardsDoesNotTouchTheNewOne() {
        Slot old = rig.slot("c");
        rig.replace(account("c")
                .credential(new Credential.ApiKey(Secret.of("key-fresh")))
                .build());
        rig.pool.rest(old, new Verdict.Rest(Kind.CREDENTIAL, null, null, true), null);
        rig.pool.learn(old, List.of(), "old-organisation");
        assertThat(standing("c")).isEqualTo(Standing.USABLE);
        assertThat(rig.cooled).isEmpty();
        assertThat(rig.get("c").sharedDomain()).isNull();
        old.release();
    }

    @Test
    void aRefusalOfTheQuotaDomainKeepsAllItsAccounts() {
        rig.pool.rest(rig.call("a"), new Verdict.Rest(Kind.WINDOW, null, rig.in(MINUTE), false), "words");
        assertThat(standing("a")).isEqualTo(Standing.COOLING);
        assertThat(standing("b")).isEqualTo(Standing.COOLING);
        assertThat(standing("c")).isEqualTo(Standing.USABLE);
        assertThat(rig.cooled).singleElement().satisfies(c -> {
            assertThat(c.domain()).isEqualTo("anthropic/org");
            assertThat(c.detail()).isEqualTo("words");
        });
        assertThat(rig.changes).containsExactly(new StateChange.Cooled(rig.cooled.get(0)));
    }

    @Test
    void aRefusalOfTheAccountAloneSparesItsQuotaDomain() {
        rig.rest("a", Kind.WINDOW, null, rig.in(MINUTE));
        assertThat(standing("b")).isEqualTo(Standing.USABLE);
    }

    @Test
    void aDomainLearnedFromResponsesIsSharedFromThenOn() {
        rig.pool.learn(rig.call("c"), List.of(), "org");
        rig.pool.rest(rig.call("a"), new Verdict.Rest(Kind.WINDOW, null, rig.in(MINUTE), false), null);
        assertThat(standing("c")).isEqualTo(Standing.COOLING);
    }

    @Test
    void aRefusedModelClassLeavesOthersUsable() {
        rig.rest("a", Kind.WINDOW, "opus", rig.in(MINUTE));
        assertThat(standing("a")).isEqualTo(Standing.USABLE);
        assertThat(rig.get("a").standing("opus", rig.time.nowMillis())).isEqualTo(Standing.COOLING);
        assertThat(PoolAccount.returnsAt(rig.get("a").state(), "opus", rig.time.nowMillis()))
                .isEqualTo(rig.in(MINUTE));
        assertThat(PoolAccount.returnsAt(rig.get("a").state(), "sonnet", rig.time.nowMillis()))
                .isNull();
    }

    @Test
    void aBackOffIsKeptHereAndEndsByItself() {
        rig.rest("a", Kind.BACKOFF, null, null);
        assertThat(standing("a")).isEqualTo(Standing.BACKING_OFF);
        assertThat(rig.changes).isEmpty();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(standing("a")).isEqualTo(Standing.USABLE);
    }

    @Test
    void failuresOneAfterTheOtherRestForLongerEachTime() {
        for (int seconds : new int[] {1, 2, 4}) {
            rig.rest("a", Kind.BACKOFF, null, null);
            assertThat(rig.cooled.get(rig.cooled.size() - 1).until()).isEqualTo(rig.in(Duration.ofSeconds(seconds)));
            rig.time.advance(Duration.ofSeconds(seconds));
        }
        rig.pool.served(rig.call("a"), null, SESSION);
        rig.rest("a", Kind.BACKOFF, null, null);
        assertThat(rig.get("a").state().cooldowns())
                .anySatisfy(c -> assertThat(c.until()).isEqualTo(rig.in(Duration.ofSeconds(1))));
    }

    @Test
    void aBurstOfParallelFailuresIsOneFailure() {
        for (int i = 0; i < 10; i++) {
            rig.rest("a", Kind.BACKOFF, null, null);
        }
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(standing("a")).isEqualTo(Standing.USABLE);
        rig.rest("a", Kind.BACKOFF, null, null);
        assertThat(rig.cooled.get(rig.cooled.size() - 1).until()).isEqualTo(rig.in(Duration.ofSeconds(2)));
    }

    @Test
    void aRestThatIsOverBeforeItBeginsIsNone() {
        rig.rest("a", Kind.WINDOW, null, rig.time.now());
        assertThat(rig.cooled).isEmpty();
        assertThat(standing("a")).isEqualTo(Standing.USABLE);
    }

    @Test
    void aSuccessLiftsWhatWasSetBeforeItsCallBeganAndTellsOthers() {
        rig.rest("a", Kind.WINDOW, null, rig.in(MINUTE));
        rig.time.advance(Duration.ofMillis(1));
        Slot later = rig.call("a");
        rig.pool.served(later, "sonnet", SESSION);
        assertThat(standing("a")).isEqualTo(Standing.USABLE);
        assertThat(rig.changes)
                .contains(
                        new StateChange.Cleared("a", "sonnet", later.since()),
                        new StateChange.SessionOpened("a", rig.time.now()));
    }

    @Test
    void aSuccessOfACallThatBeganBeforeTheRefusalLiftsNothing() {
        Slot earlier = rig.call("a");
        rig.time.advance(Duration.ofMillis(1));
        rig.rest("a", Kind.WINDOW, null, rig.in(MINUTE));
        rig.pool.served(earlier, null, SESSION);
        assertThat(standing("a")).isEqualTo(Standing.COOLING);
    }

    @Test
    void aSessionOpensWithTheFirstSuccessAndAgainWhenItIsOver() {
        Instant first = rig.time.now();
        rig.pool.served(rig.call("a"), null, SESSION);
        rig.time.advance(SESSION.minusMillis(1));
        rig.pool.served(rig.call("a"), null, SESSION);
        assertThat(rig.get("a").state().sessionOpenedAt()).isEqualTo(first);
        rig.time.advance(Duration.ofMillis(1));
        rig.pool.served(rig.call("a"), null, SESSION);
        assertThat(rig.get("a").state().sessionOpenedAt()).isEqualTo(first.plus(SESSION));
    }

    @Test
    void windowsReplaceThoseOfTheSameNameAndClass() {
        rig.pool.learn(rig.call("a"), List.of(window("5h", null, 0.1, 0), window("7d", "opus", 0.2, 0)), null);
        rig.pool.learn(rig.call("a"), List.of(window("5h", null, 0.3, 1), window("7d", null, 0.4, 1)), null);
        assertThat(rig.get("a").state().windows())
                .containsExactlyInAnyOrder(
                        window("5h", null, 0.3, 1), window("7d", null, 0.4, 1), window("7d", "opus", 0.2, 0));
    }

    @Test
    void whatAnotherNodeSawEarlierDoesNotReplaceALaterWord() {
        rig.pool.learn(rig.call("a"), List.of(window("5h", null, 0.9, 5)), null);
        rig.pool.apply(List.of(new StateChange.Metered("a", List.of(window("5h", null, 0.1, 2)), rig.time.now())));
        assertThat(rig.get("a").state().windows()).containsExactly(window("5h", null, 0.9, 5));
    }

    @Test
    void whatOtherNodesLearnedCountsHere() {
        Cooldown cooldown = new Cooldown("anthropic/org", null, Kind.WINDOW, rig.in(MINUTE), rig.time.now(), null);
        Instant opened = rig.time.now().minusSeconds(9);
        List<StateChange> news = List.of(
                new StateChange.Cooled(cooldown),
                new StateChange.Metered("a", List.of(window("5h", null, 0.5, 0)), rig.time.now()),
                new StateChange.SessionOpened("b", opened),
                new StateChange.SessionOpened("b", opened.minusSeconds(5)),
                new StateChange.SessionOpened("gone", opened));
        rig.pool.apply(news);
        rig.pool.apply(news);
        assertThat(standing("a")).isEqualTo(Standing.COOLING);
        assertThat(rig.get("b").state().sessionOpenedAt()).isEqualTo(opened);
        assertThat(rig.changes).isEmpty();
        rig.pool.apply(List.of(
                new StateChange.Cleared("anthropic/org", null, rig.time.now().plusMillis(1))));
        assertThat(standing("a")).isEqualTo(Standing.USABLE);
    }

    @Test
    void anOperatorLiftsEverything() {
        rig.rest("a", Kind.SPEND_CAP, null, null);
        rig.rest("a", Kind.WINDOW, "opus", rig.in(MINUTE));
        assertThat(rig.pool.lift("a")).isTrue();
        assertThat(rig.get("a").state().cooldowns()).isEmpty();
        assertThat(rig.pool.lift("unknown")).isFalse();
    }

    @Test
    void theWorstStandingCounts() {
        rig.rest("a", Kind.BACKOFF, null, null);
        rig.rest("a", Kind.WINDOW, null, rig.in(MINUTE));
        assertThat(standing("a")).isEqualTo(Standing.COOLING);
        rig.rest("a", Kind.PERMISSION, "sonnet", null);
        assertThat(standing("a")).isEqualTo(Standing.NOT_PERMITTED);
        Slot only = rig.slot("c");
        assertThat(standing("c")).isEqualTo(Standing.AT_LIMIT);
        rig.rest("b", Kind.BACKOFF, null, null);
        assertThat(standing("b")).isEqualTo(Standing.BACKING_OFF);
        only.release();
    }

    @Test
    void aFreedSlotWakesOneAndALiftedAccountAll() {
        AtomicInteger woken = new AtomicInteger();
        rig.pool.awaitChange(woken::incrementAndGet);
        rig.pool.awaitChange(woken::incrementAndGet);
        Runnable takeBack = rig.pool.awaitChange(woken::incrementAndGet);
        rig.call("a");
        rig.time.advance(Duration.ZERO);
        assertThat(woken).hasValue(1);
        takeBack.run();
        rig.pool.lift("a");
        rig.time.advance(Duration.ZERO);
        assertThat(woken).hasValue(2);
    }

    private Standing standing(String id) {
        return rig.get(id).standing("sonnet", rig.time.nowMillis());
    }

    private UsageWindow window(String name, @Nullable String modelClass, double used, long second) {
        return new UsageWindow(
                name,
                modelClass,
                used,
                UsageWindow.Status.ALLOWED,
                null,
                null,
                null,
                Instant.parse("2026-01-15T12:00:00Z").plusSeconds(second));
    }
}
