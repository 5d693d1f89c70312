package io.ccflare.testkit;

import io.ccflare.api.state.Cooldown;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A change of one of a few things, at an instant that no other number gives. */
final class SomeChange {

    private static final String[] CLASSES = {null, "opus", "haiku"};

    private SomeChange() {}

    static StateChange of(Random random, int number, Instant t0) {
        Instant at = t0.plusMillis(number);
        String account = "account-" + random.nextInt(3);
        String modelClass = CLASSES[random.nextInt(CLASSES.length)];
        return switch (random.nextInt(7)) {
            case 0, 1 ->
                new StateChange.Cooled(new Cooldown(
                        account,
                        modelClass,
                        Cooldown.Kind.WINDOW,
                        t0.plusMillis(900_000 + 1_000L * random.nextInt(500) + number % 1_000),
                        at,
                        "number " + number));
            case 2 -> new StateChange.Cleared(account, modelClass, at);
            case 3 -> new StateChange.Metered(account, List.of(window(random, modelClass, at)), at);
            case 4 -> new StateChange.SessionOpened(account, at);
            case 5 -> new StateChange.Bound("session-" + random.nextInt(4), account, at);
            default -> new StateChange.Unbound("session-" + random.nextInt(4), at);
        };
    }

    private static UsageWindow window(Random random, @Nullable String modelClass, Instant at) {
        return new UsageWindow(
                random.nextBoolean() ? "5h" : "7d",
                modelClass,
                random.nextDouble(),
                UsageWindow.Status.ALLOWED,
                at.plusSeconds(3600),
                null,
                null,
                at);
    }
}
