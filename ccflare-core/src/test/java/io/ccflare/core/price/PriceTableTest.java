package io.ccflare.core.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.record.Cost;
import io.ccflare.api.record.Usage;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTableTest {

    private static final Instant AT = Instant.parse("2026-11-20T12:00:00Z");
    private static final PriceTable TABLE = PriceTable.bundled();

    /** Each kind of token in turn: a million fresh, read, written for 5 m, written for 1 h, put out; in micro-dollars. */
    @ParameterizedTest
    @CsvSource({
        "claude-fable-5-2,  8000000,  200000, 10000000, 16000000, 40000000",
        "claude-fable-5-1, 10000000,  250000, 12500000, 20000000, 50000000",
        "claude-mythos-5-1,10000000,  250000, 12500000, 20000000, 50000000",
        "claude-fable-5,   10000000, 1000000, 12500000, 20000000, 50000000",
        "claude-mythos-5,  10000000, 1000000, 12500000, 20000000, 50000000",
        "claude-opus-5-5,   4000000,  200000,  5000000,  8000000, 20000000",
        "claude-opus-5,     5000000,  500000,  6250000, 10000000, 25000000",
        "claude-opus-4-8,   5000000,  500000,  6250000, 10000000, 25000000",
        "claude-opus-4-7,   5000000,  500000,  6250000, 10000000, 25000000",
        "claude-opus-4-6,   5000000,  500000,  6250000, 10000000, 25000000",
        "claude-opus-4-5,   5000000,  500000,  6250000, 10000000, 25000000",
        "claude-opus-4-1,  15000000, 1500000, 18750000, 30000000, 75000000",
        "claude-opus-4,    15000000, 1500000, 18750000, 30000000, 75000000",
        "claude-sonnet-5-5, 2000000,  100000,  2500000,  4000000, 10000000",
        "claude-sonnet-5,   2000000,  200000,  2500000,  4000000, 10000000",
        "claude-sonnet-4-6, 3000000,  300000,  3750000,  6000000, 15000000",
        "claude-sonnet-4-5, 3000000,  300000,  3750000,  6000000, 15000000",
        "claude-haiku-4-5,  1000000,  100000,  1250000,  2000000,  5000000",
        "claude-haiku-3-5,   800000,   80000,  1000000,  1600000,  4000000",
        "claude-3-5-haiku,   800000,   80000,  1000000,  1600000,  4000000"
    })
    void listPrices(String model, long fresh, long read, long write5m, long write1h, long output) {
        long million = 1_000_000;
        assertThat(micros(model, Usage.tokens(million, 0, 0, 0, 0))).isEqualTo(fresh);
        assertThat(micros(model, Usage.tokens(0, million, 0, 0, 0))).isEqualTo(read);
        assertThat(micros(model, Usage.tokens(0, 0, million, 0, 0))).isEqualTo(write5m);
        assertThat(micros(model, Usage.tokens(0, 0, 0, million, 0))).isEqualTo(write1h);
        assertThat(micros(model, Usage.tokens(0, 0, 0, 0, million))).isEqualTo(output);
    }

    @Test
    void aRequestIsTheSumOfItsParts() {
        // 25 x 4 + 9000 x 0.20 + 400 x 5 + 300 x 8 + 15 x 20 = 100 + 1800 + 2000 + 2400 + 300 micro-dollars
        assertThat(TABLE.cost("claude-opus-5-5", Usage.tokens(25, 9000, 400, 300, 15), AT))
                .isEqualTo(new Cost(6600, "claude-opus-5-5@2026-09-22"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"claude-opus-5-5-20260922", "anthropic/claude-opus-5-5", "anthropic/claude-opus-5-5-20260922"})
    void aPrefixAndADateAreSetAside(String model) {
        assertThat(micros(model, Usage.tokens(1, 0, 0, 0, 0))).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claude-opus-5-5-fast",
                "claude-opus",
                "claude-opus-6",
                "opus-5-5",
                "openrouter/anthropic/claude-opus-5-5",
                "us.anthropic.claude-opus-4-1-20250805-v1:0",
                "gpt-6",
                ""
            })
    void whatIsNotInTheTableIsUnpriced(String model) {
        assertThat(TABLE.cost(model, Usage.tokens(1, 1, 1, 1, 1), AT)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-09-27T23:59:59Z, ,",
        "2026-09-28T00:00:00Z, 200000, claude-sonnet-5-5@2026-09-28",
        "2026-10-06T23:59:59Z, 200000, claude-sonnet-5-5@2026-09-28",
        "2026-10-07T00:00:00Z, 100000, claude-sonnet-5-5@2026-10-07"
    })
    void aPriceHoldsFromItsDayUntilTheNext(Instant at, @Nullable Long micros, @Nullable String id) {
        Cost cost = TABLE.cost("claude-sonnet-5-5", Usage.tokens(0, 1_000_000, 0, 0, 0), at);

        assertThat(cost).isEqualTo(micros == null ? null : new Cost(micros, id));
    }

    @Test
    void aLongPromptChangesThePriceOfTheWholeRequestAndCachedTokensCount() {
        // 100,000 x 0.10 = 10,000; 40,000 x 0.50 + 60,001 x 0.05 + 10 x 2.50 = 20,000 + 3,000.05 + 25
        assertThat(micros("claude-haiku-5-5", Usage.tokens(100_000, 0, 0, 0, 0)))
                .isEqualTo(10_000);
        assertThat(micros("claude-haiku-5-5", Usage.tokens(40_000, 60_001, 0, 0, 10)))
                .isEqualTo(23_025);
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "5, 1", "14, 1", "15, 2"})
    void amountsAreRoundedHalfUp(long tokens, long micros) {
        assertThat(micros("claude-haiku-5-5", Usage.tokens(tokens, 0, 0, 0, 0))).isEqualTo(micros);
    }

    @ParameterizedTest
    @CsvSource({
        // 1000 in, 100 out of opus-5-5: 4000 + 2000
        ", , , 6000",
        "standard, standard, global, 6000",
        "batch, , , 3000",
        ", , us, 6600",
        "batch, , us, 3300",
        ", fast, , 12000",
        ", fast, us, 13200",
        ", , not_available, 6000",
        "priority, , , -1",
        "flex, , , -1",
        ", turbo, , -1",
        ", , eu, -1"
    })
    void modifiersMultiplyAndUnknownOnesLeaveItUnpriced(
            @Nullable String tier, @Nullable String speed, @Nullable String geography, long micros) {
        Usage usage = new Usage(1000, 0, 0, 0, 100, 0, 0, tier, speed, geography);

        assertThat(micros("claude-opus-5-5", usage)).isEqualTo(micros);
    }

    @Test
    void aModifierThatAModelDoesNotHaveLeavesItUnpriced() {
        assertThat(micros("claude-sonnet-5-5", new Usage(1, 0, 0, 0, 0, 0, 0, null, "fast", null)))
                .isEqualTo(-1);
        assertThat(micros("claude-opus-4-5", new Usage(1, 0, 0, 0, 0, 0, 0, null, null, "us")))
                .isEqualTo(-1);
    }

    @Test
    void webSearchesCostACentEachWhateverTheModifiers() {
        assertThat(micros("claude-opus-5-5", new Usage(1000, 0, 0, 0, 0, 0, 3, "batch", null, "us")))
                .isEqualTo(2200 + 30_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1_000_000_001, Long.MAX_VALUE})
    void countsThatCannotBeAreUnpriced(long count) {
        assertThat(TABLE.cost("claude-opus-5", Usage.tokens(count, 0, 0, 0, 0), AT))
                .isNull();
        assertThat(TABLE.cost("claude-opus-5", Usage.tokens(0, 0, 0, 0, count), AT))
                .isNull();
    }

    @Test
    void theDearestUsageThatCanBeDoesNotOverflow() {
        PriceTable table = PriceTable.empty()
                .with(
                        "m",
                        LocalDate.EPOCH,
                        Price.usdPerMillion("10000", "10000", "10000", "10000", "10000")
                                .usInference(1000));
        long most = 1_000_000_000;

        // 5 x 10^9 tokens x 10^4 micro-dollars x 10, and 10^9 searches x 10^4
        assertThat(table.cost("m", new Usage(most, most, most, most, most, 0, most, null, null, "us"), AT)
                        .microUsd())
                .isEqualTo(500_000_000_000_000L + 10_000_000_000_000L);
    }

    @Test
    void aHostsPriceStandsInForAndBesideTheBundledOnes() {
        PriceTable table = TABLE.with(
                        "claude-opus-5", LocalDate.parse("2026-11-01"), Price.usdPerMillion("1", "0", "0", "0", "2"))
                .with(
                        "anthropic/our-model-20260101",
                        LocalDate.parse("2026-01-01"),
                        Price.usdPerMillion("3", "0", "0", "0", "0"));

        assertThat(table.cost("claude-opus-5", Usage.tokens(10, 0, 0, 0, 10), AT))
                .isEqualTo(new Cost(30, "claude-opus-5@2026-11-01"));
        assertThat(table.cost("claude-opus-5", Usage.tokens(10, 0, 0, 0, 0), Instant.parse("2026-10-31T00:00:00Z")))
                .isEqualTo(new Cost(50, "claude-opus-5@2026-07-24"));
        assertThat(table.cost("our-model", Usage.tokens(1, 0, 0, 0, 0), AT))
                .isEqualTo(new Cost(3, "our-model@2026-01-01"));
        assertThat(micros("claude-opus-5", Usage.tokens(10, 0, 0, 0, 10)))
                .as("the bundled table is as it was")
                .isEqualTo(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "0.0001", "10000.001", "NaN", "1e9"})
    void aPriceThatIsNoneIsRefusedAndNamed(String text) {
        assertThatThrownBy(() -> Price.usdPerMillion("1", text, "1", "1", "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cache read")
                .hasMessageEndingWith("not: " + text);
    }

    @Test
    void stepsPercentagesAndIdsAreChecked() {
        Price price = Price.usdPerMillion("1", "1", "1", "1", "1");

        assertThatThrownBy(() -> price.above(0, "1", "1", "1", "1", "1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> price.usInference(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TABLE.with(" ", LocalDate.EPOCH, price)).isInstanceOf(IllegalArgumentException.class);
    }

    private static long micros(String model, Usage usage) {
        Cost cost = TABLE.cost(model, usage, AT);
        return cost == null ? -1 : cost.microUsd();
    }
}
