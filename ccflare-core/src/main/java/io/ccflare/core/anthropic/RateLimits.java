package io.ccflare.core.anthropic;

import io.ccflare.api.http.Headers;
import io.ccflare.api.state.UsageWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    private static final List<String> KEY_LIMITS = List.of("requests", "tokens", "input-tokens", "output-tokens");
    private static final Set<String> FAMILIES = Set.of("opus", "sonnet", "haiku", "fable", "mythos");

    private final List<Limit> keyLimits = new ArrayList<>(4);
    private final List<Limit> unified = new ArrayList<>(4);
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
                field(name.toLowerCase(Locale.ROOT), headers.value(i));
            }
        }
    }

    private void field(String name, String value) {
        int from = PREFIX.length();
        if (name.startsWith(UNIFIED, from)) {
            subscription = true;
            unifiedField(name.substring(from + UNIFIED.length()), value);
            return;
        }
        int dash = name.lastIndexOf('-');
        for (int i = 0; i < KEY_LIMITS.size(); i++) {
            String limit = KEY_LIMITS.get(i);
            if (limit.length() == dash - from && name.startsWith(limit, from)) {
                limit(keyLimits, limit).field(name.substring(dash + 1), value);
            }
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

    private static Limit limit(List<Limit> limits, String name) {
        Limit known = find(limits, name);
        if (known == null) {
            known = new Limit(name);
            limits.add(known);
        }
        return known;
    }

    /** There are a handful of them at most. */
    private static @Nullable Limit find(List<Limit> limits, String name) {
        for (int i = limits.size() - 1; i >= 0; i--) {
            if (limits.get(i).name.equals(name)) {
                return limits.get(i);
            }
        }
        return null;
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
        return find(unified, name);
    }

    /** The unified windows that meter the whole account. */
    List<Limit> accountWindows() {
        return unified.stream().filter(window -> !scoped(window)).toList();
    }

    /** The unified windows that meter the model class of the request alone. */
    List<Limit> classWindows() {
        return unified.stream()
                .filter(window -> scoped(window) && Objects.equals(meteredClass(window), modelClass))
                .toList();
    }

    List<Limit> keyLimits() {
        return keyLimits;
    }

    /** @param refused whether the answer is a 429 */
    List<UsageWindow> windows(boolean refused) {
        List<UsageWindow> windows = new ArrayList<>(unified.size() + keyLimits.size());
        for (Limit window : unified) {
            String meters = scoped(window) ? meteredClass(window) : null;
            // A window of a class that is not known must not be taken for the account's.
            UsageWindow told = scoped(window) && meters == null ? null : window.unifiedWindow(meters, now);
            if (told != null) {
                windows.add(told);
            }
        }
        for (Limit limit : keyLimits) {
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
