package io.ccflare.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BindingsTest {

    private static final long T = 1_000_000;

    private final Bindings bindings = new Bindings(3, Duration.ofMillis(100));

    @Test
    void aSessionIsFoundWhereItWasBound() {
        assertThat(bindings.bind("s", "a", T)).isTrue();
        assertThat(bindings.bind("s", "a", T + 1)).isFalse();
        assertThat(bindings.bind("s", "b", T + 2)).isTrue();
        assertThat(account("s", T + 2)).isEqualTo("b");
    }

    @Test
    void anOlderWordDoesNotMoveOrDropABinding() {
        bindings.bind("s", "new", T);
        assertThat(bindings.bind("s", "old", T - 1)).isFalse();
        assertThat(bindings.unbind("s", T - 1)).isFalse();
        assertThat(account("s", T)).isEqualTo("new");
        assertThat(bindings.unbind("s", T)).isTrue();
        assertThat(account("s", T)).isNull();
    }

    @Test
    void anIdleSessionIsForgotten() {
        bindings.bind("s", "a", T);
        assertThat(account("s", T + 99)).isEqualTo("a");
        assertThat(account("s", T + 100)).isNull();
        assertThat(bindings.size()).isZero();
    }

    @Test
    void idleSessionsMakeRoomWhenAnotherIsBound() {
        bindings.bind("s1", "a", T);
        bindings.bind("s2", "a", T + 50);
        bindings.bind("s3", "a", T + 120);
        assertThat(bindings.size()).isEqualTo(2);
    }

    @Test
    void theOneUnusedForLongestGoesWhenItIsFull() {
        bindings.bind("s1", "a", T);
        bindings.bind("s2", "a", T + 1);
        bindings.bind("s3", "a", T + 2);
        bindings.find("s1", T + 3);
        bindings.bind("s4", "a", T + 4);
        assertThat(account("s2", T + 4)).isNull();
        assertThat(account("s1", T + 4)).isEqualTo("a");
    }

    @Test
    void aSmallerBoundTakesEffectWithTheNextBinding() {
        bindings.bind("s1", "a", T);
        bindings.bind("s2", "a", T);
        bindings.limits(1, Duration.ofMillis(100));
        bindings.bind("s3", "a", T);
        assertThat(bindings.size()).isEqualTo(1);
        assertThat(account("s3", T)).isEqualTo("a");
    }

    @Test
    void itAgreesWithAListInOrderOfUse() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Bindings real = new Bindings(4, Duration.ofDays(1));
            Map<String, String> model = new LinkedHashMap<>(16, 0.75f, true);
            for (int step = 0; step < 200; step++) {
                String session = "s" + random.nextInt(8);
                long at = T + step;
                switch (random.nextInt(4)) {
                    case 0 -> assertThat(real.unbind(session, at)).isEqualTo(model.remove(session) != null);
                    case 1 -> {
                        Bindings.Binding found = real.find(session, at);
                        assertThat(found == null ? null : found.accountId()).isEqualTo(model.get(session));
                    }
                    default -> {
                        String account = "a" + random.nextInt(3);
                        String old = model.put(session, account);
                        if (model.size() > 4) {
                            model.remove(model.keySet().iterator().next());
                        }
                        assertThat(real.bind(session, account, at)).isEqualTo(!account.equals(old));
                    }
                }
                assertThat(real.size()).isEqualTo(model.size());
            }
        }
    }

    @Test
    void onlyOneRequestAtATimeHoldsAGuess() {
        assertThat(bindings.claimGuess("g")).isTrue();
        assertThat(bindings.claimGuess("g")).isFalse();
        assertThat(bindings.claimGuess("h")).isTrue();
        bindings.releaseGuess("g");
        assertThat(bindings.claimGuess("g")).isTrue();
    }

    private @Nullable String account(String session, long at) {
        Bindings.Binding found = bindings.find(session, at);
        return found == null ? null : found.accountId();
    }
}
