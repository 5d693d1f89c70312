package io.ccflare.core.anthropic;

import io.ccflare.api.http.Headers;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rate limit headers of one answer. API keys have limits of their model class ({@code anthropic-ratelimit-tokens-remaining});
 * subscriptions have unified windows ({@code anthropic-ratelimit-unified-5h-reset}), of which those with an underscore in their name
 * ({@code 7d_oi}) meter one model class and all others the account.
 *
 * <p>Left out are overage, which is money rather than a window, and the {@code anthropic-priority-} and {@code anthropic-fast-} limits:
 * using those up takes away an extra, not the model class.
 */
final class RateLimits {

    private static final String PREFIX = "anthropic-ratelimit-";
    private static final String UNIFIED = "unified-";
    private static final Set<String> KEY_LIMITS = Set.of("requests", "tokens", "input-tokens", "output-tokens");
    private static final Set<String> FAMILIES = Set.of("opus", "sonnet", "haiku", "fable", "mythos");

    private final Map<String, Limit> keyLimits = new LinkedHashMap<>();
    private final Map<String, Limit> unified = new LinkedHashMap<>();
    private final Limit overall = new Limit("unified");
    private final @Nullable String modelClass;
    private final Instant now;
    private boolean subscription;
    private @Nullable String claim;
    private boolean outOfCredits;

    RateLimits(Headers headers, @Nullable String modelClass, Instant now) {
        this.modelClass = modelClass;
        this.now = now;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
                field(name.substring(PREFIX.length()).toLowerCase(Locale.ROOT), headers.value(i));
            }
        }
    }

    private void field(String name, String value) {
        if (name.startsWith(UNIFIED)) {
            subscription = true;
            unifiedField(name.substring(UNIFIED.length()), value);
            return;
        }
        int dash = name.lastIndexOf('-');
        if (dash > 0 && KEY_LIMITS.contains(name.substring(0, dash))) {
            limit(keyLimits, name.substring(0, dash)).field(name.substring(dash + 1), value);
        }
    }

    private void unifiedField(String name, String value) {
        int dash = name.lastIndexOf('-');
        if (name.equals("representative-claim")) {
            claim = value.strip();
        } else if (name.equals("overage-disabled-reason")) {
            outOfCredits = value.strip().equals("out_of_credits");
        } else if (dash < 0) {
            overall.field(name, value);
        } else if (dash > 0 && Character.isDigit(name.charAt(0))) {
            limit(unified, name.substring(0, dash)).field(name.substring(dash + 1), value);
        }
    }

    private static Limit limit(Map<String, Limit> limits, String name) {
        return limits.computeIfAbsent(name, Limit::new);
    }

    /** Whether the credential is a subscription's: only those get unified headers. */
    boolean subscription() {
        return subscription;
    }

    /** The top line: it mirrors whichever window decided, a model class's own included. */
    Limit overall() {
        return overall;
    }

    /** The window that decided, in the API's words; null when not told. */
    @Nullable
    String claim() {
        return claim;
    }

    /** Whether paid overage ended for want of credits, which concerns only what needs it. */
    boolean outOfCredits() {
        return outOfCredits;
    }

    @Nullable
    Limit unified(String name) {
        return unified.get(name);
    }

    /** The unified windows that meter the whole account. */
    List<Limit> accountWindows() {
        return unified.values().stream().filter(window -> !scoped(window)).toList();
    }

    /** The unified windows that meter the model class of the request alone. */
    List<Limit> classWindows() {
        return unified.values().stream()
                .filter(window -> scoped(window) && Objects.equals(meteredClass(window), modelClass))
                .toList();
    }

    Collection<Limit> keyLimits() {
        return keyLimits.values();
    }

    /** @param refused whether the answer is a 429 */
    List<UsageWindow> windows(boolean refused) {
        List<UsageWindow> windows = new ArrayList<>();
        for (Limit window : unified.values()) {
            String meters = scoped(window) ? meteredClass(window) : null;
            // A window of a class that is not known must not be taken for the account's.
            UsageWindow told = scoped(window) && meters == null ? null : window.unifiedWindow(meters, now);
            if (told != null) {
                windows.add(told);
            }
        }
        for (Limit limit : keyLimits.values()) {
            UsageWindow told = limit.keyWindow(modelClass, refused, now);
            if (told != null) {
                windows.add(told);
            }
        }
        return windows;
    }

    private @Nullable String meteredClass(Limit window) {
        String family = family(window);
        return family == null ? modelClass : family;
    }

    private static boolean scoped(Limit window) {
        return window.name.indexOf('_') > 0;
    }

    /** The family that a window's name tells, as {@code 7d_opus} does and {@code 7d_oi} does not. */
    private static @Nullable String family(Limit window) {
        String suffix = window.name.substring(window.name.indexOf('_') + 1);
        return FAMILIES.contains(suffix) ? suffix : null;
    }
}
