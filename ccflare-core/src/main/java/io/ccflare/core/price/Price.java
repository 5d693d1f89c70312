package io.ccflare.core.price;

import io.ccflare.api.record.Usage;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What a model's tokens cost from some day on. Immutable and thread-safe.
 *
 * <p>What a price does not say is not known: fast responses of a model without {@link #fast} rates are unpriced, and so are those from a
 * geography without a surcharge told by {@link #usInference}.
 *
 * @since 1.0
 */
public final class Price {

    /** Nano-dollars, that is thousandths of a micro-dollar, per token. */
    private record Rates(long input, long cacheRead, long cacheWrite5m, long cacheWrite1h, long output) {}

    /** A dollar per million tokens is a thousand nano-dollars per token. */
    private static final int NANO_PER_TOKEN = 3;

    private static final long DEAREST = 10_000_000;

    /** No request counts as much; with {@link #DEAREST} it keeps sums within a long. */
    private static final long ABSURD = 1_000_000_000;

    /** Ten dollars for a thousand. */
    private static final long WEB_SEARCH_MICROS = 10_000;

    /** Two percentages, and nano to micro. */
    private static final BigInteger DIVISOR = BigInteger.valueOf(100L * 100 * 1000);

    private static final BigInteger HALF = DIVISOR.shiftRight(1);

    private final Rates standard;
    private final @Nullable Rates fast;
    private final long longAbove;
    private final @Nullable Rates longPrompt;
    private final int usPercent;

    private Price(Rates standard, @Nullable Rates fast, long longAbove, @Nullable Rates longPrompt, int usPercent) {
        this.standard = standard;
        this.fast = fast;
        this.longAbove = longAbove;
        this.longPrompt = longPrompt;
        this.usPercent = usPercent;
    }

    /**
     * A price in US dollars per million tokens, each a decimal number such as {@code 6.25} with at most three digits behind the point.
     *
     * @throws IllegalArgumentException if one is no such number, is negative, or is above 10,000
     */
    public static Price usdPerMillion(
            String input, String cacheRead, String cacheWrite5m, String cacheWrite1h, String output) {
        return new Price(rates(input, cacheRead, cacheWrite5m, cacheWrite1h, output), null, 0, null, 0);
    }

    /**
     * This price with other rates for responses that were billed as fast.
     *
     * @throws IllegalArgumentException as {@link #usdPerMillion} does
     */
    public Price fast(String input, String cacheRead, String cacheWrite5m, String cacheWrite1h, String output) {
        Rates rates = rates(input, cacheRead, cacheWrite5m, cacheWrite1h, output);
        return new Price(standard, rates, longAbove, longPrompt, usPercent);
    }

    /**
     * This price with other rates for the whole of a request that has more input tokens, cached ones included, than {@code tokens}.
     *
     * @throws IllegalArgumentException as {@link #usdPerMillion} does, or if {@code tokens} is not positive
     */
    public Price above(
            long tokens, String input, String cacheRead, String cacheWrite5m, String cacheWrite1h, String output) {
        if (tokens <= 0) {
            throw new IllegalArgumentException("the step must be a positive number of tokens, not " + tokens);
        }
        Rates rates = rates(input, cacheRead, cacheWrite5m, cacheWrite1h, output);
        return new Price(standard, fast, tokens, rates, usPercent);
    }

    /**
     * This price with a percentage for inference that was billed as bound to the US: 110 is a tenth more.
     *
     * @throws IllegalArgumentException if {@code percent} is not between 1 and 1,000
     */
    public Price usInference(int percent) {
        if (percent < 1 || percent > 1000) {
            throw new IllegalArgumentException("the percentage must lie between 1 and 1000, not " + percent);
        }
        return new Price(standard, fast, longAbove, longPrompt, percent);
    }

    private static Rates rates(String input, String read, String write5m, String write1h, String output) {
        return new Rates(
                nanos("input", input),
                nanos("cache read", read),
                nanos("cache write 5 m", write5m),
                nanos("cache write 1 h", write1h),
                nanos("output", output));
    }

    private static long nanos(String what, String usdPerMillion) {
        String problem =
                "the price for " + what + " must be dollars per million tokens, from 0 to 10000 and with at most"
                        + " three digits behind the point, not: " + usdPerMillion;
        try {
            BigDecimal nanos = new BigDecimal(usdPerMillion.strip()).movePointRight(NANO_PER_TOKEN);
            if (nanos.signum() >= 0 && nanos.compareTo(BigDecimal.valueOf(DEAREST)) <= 0) {
                return nanos.setScale(0, RoundingMode.UNNECESSARY).longValueExact();
            }
        } catch (ArithmeticException | NumberFormatException unreadable) {
            throw new IllegalArgumentException(problem, unreadable);
        }
        throw new IllegalArgumentException(problem);
    }

    /** Micro-dollars, rounded half up; -1 when this price does not cover the usage. */
    long microUsd(Usage usage) {
        Rates rates = rates(usage);
        int tier = tierPercent(usage.serviceTier());
        int geography = geographyPercent(usage.geography());
        if (rates == null || tier == 0 || geography == 0 || absurd(usage)) {
            return -1;
        }
        long tokens = usage.fresh() * rates.input
                + usage.cacheRead() * rates.cacheRead
                + usage.cacheWrite5m() * rates.cacheWrite5m
                + usage.cacheWrite1h() * rates.cacheWrite1h
                + usage.output() * rates.output;
        BigInteger exact = BigInteger.valueOf(tokens).multiply(BigInteger.valueOf((long) tier * geography));
        long micros = exact.add(HALF).divide(DIVISOR).longValueExact();
        return micros + usage.webSearches() * WEB_SEARCH_MICROS;
    }

    private @Nullable Rates rates(Usage usage) {
        String speed = usage.speed();
        if (speed != null && !speed.equals("standard")) {
            return speed.equals("fast") ? fast : null;
        }
        return longPrompt != null && usage.inputTotal() > longAbove ? longPrompt : standard;
    }

    /** 0 for a tier whose price is not known, such as {@code priority}, which is paid for by commitment. */
    private static int tierPercent(@Nullable String tier) {
        if (tier == null || tier.equals("standard")) {
            return 100;
        }
        return tier.equals("batch") ? 50 : 0;
    }

    private int geographyPercent(@Nullable String geography) {
        if (geography == null || geography.equals("global") || geography.equals("not_available")) {
            return 100;
        }
        return geography.equals("us") ? usPercent : 0;
    }

    private static boolean absurd(Usage usage) {
        return beyond(usage.fresh())
                || beyond(usage.cacheRead())
                || beyond(usage.cacheWrite5m())
                || beyond(usage.cacheWrite1h())
                || beyond(usage.output())
                || beyond(usage.webSearches());
    }

    private static boolean beyond(long count) {
        return count < 0 || count > ABSURD;
    }
}
