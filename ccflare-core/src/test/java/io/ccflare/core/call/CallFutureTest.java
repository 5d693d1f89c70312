package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallFutureTest {

    private final AtomicInteger givenUp = new AtomicInteger();
    private final CallFuture<String> future = new CallFuture<>(givenUp::incrementAndGet);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancellingItGivesTheCallUp(boolean flag) {
        assertThat(future.cancel(flag)).isTrue();
        assertThat(givenUp).hasValue(1);
        assertThat(future.deliver("late")).isFalse();
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancellingWhateverWasDerivedGivesTheCallUp(boolean flag) {
        List<Function<CompletableFuture<String>, CompletableFuture<?>>> ways = List.of(
                f -> f.thenApply(String::length),
                f -> f.thenApplyAsync(String::length),
                f -> f.thenCompose(text -> new CompletableFuture<>()),
                f -> f.thenAccept(text -> {}),
                f -> f.thenRun(() -> {}),
                f -> f.handle((text, failure) -> text),
                f -> f.whenComplete((text, failure) -> {}),
                f -> f.exceptionally(failure -> ""),
                f -> f.thenCombine(new CompletableFuture<>(), (a, b) -> a),
                f -> f.copy(),
                f -> f.thenApply(String::length).thenApply(n -> n + 1).thenCompose(n -> new CompletableFuture<>()));
        int expected = 0;
        for (Function<CompletableFuture<String>, CompletableFuture<?>> way : ways) {
            CallFuture<String> first = new CallFuture<>(givenUp::incrementAndGet);
            assertThat(way.apply(first).cancel(flag)).isTrue();
            assertThat(givenUp).hasValue(++expected);
        }
    }

    @Test
    void aStageThatIsStillComposingCanBeGivenUpAfterDelivery() {
        CompletableFuture<Object> composed = future.thenCompose(text -> new CompletableFuture<>());
        future.deliver("x");
        composed.cancel(true);
        assertThat(givenUp).hasValue(1);
    }

    @Test
    void cancellingAfterDeliveryDoesNothing() {
        future.deliver("x");
        assertThat(future.cancel(true)).isFalse();
        assertThat(givenUp).hasValue(0);
        assertThat(future).isCompletedWithValue("x");
    }

    @Test
    void nobodyElseCompletesIt() {
        assertThat(future.complete("forged")).isFalse();
        assertThat(future.completeExceptionally(new IOException("forged"))).isFalse();
        assertThat(future.completeAsync(() -> "forged", Runnable::run)).isSameAs(future);
        assertThat(future.completeAsync(() -> "forged")).isSameAs(future);
        assertThat(future.completeOnTimeout("forged", 0, TimeUnit.NANOSECONDS)).isSameAs(future);
        assertThatIllegalStateException().isThrownBy(() -> future.obtrudeValue("forged"));
        assertThatIllegalStateException().isThrownBy(() -> future.obtrudeException(new IOException("forged")));
        assertThat(future.thenApply(text -> text).complete("forged")).isFalse();
        assertThat(future).isNotDone();
        assertThat(givenUp).hasValue(0);
        assertThat(future.deliver("true")).isTrue();
        assertThat(future).isCompletedWithValue("true");
    }

    @Test
    void aTimeOutGivesTheCallUp() {
        CompletableFuture<String> told = new CompletableFuture<>();
        CallFuture<String> late = new CallFuture<>(() -> told.complete("given up"));
        assertThatThrownBy(() -> late.orTimeout(1, TimeUnit.NANOSECONDS).get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertThat(told).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void itsFailureReachesWhatWasDerived() {
        CompletableFuture<Integer> derived = future.thenApply(String::length);
        future.fail(new IOException("broken"));
        assertThatThrownBy(derived::join)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("broken");
        assertThat(givenUp).hasValue(0);
    }

    @Test
    void derivedStagesComplete() {
        CompletableFuture<Integer> derived = future.thenCompose(text -> CompletableFuture.completedFuture(text + "!"))
                .thenApply(String::length);
        future.deliver("abc");
        assertThat(derived).isCompletedWithValue(4);
    }
}
