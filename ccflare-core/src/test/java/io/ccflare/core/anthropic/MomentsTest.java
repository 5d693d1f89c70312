package io.ccflare.core.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {

    @Test
    void theFormThatTheApiSendsIsReadAsTheJdkReadsIt() {
        Random random = new Random(11);
        for (int i = 0; i < 2000; i++) {
            Instant at = LocalDateTime.of(2000 + random.nextInt(100), 1, 1, 0, 0)
                    .plusSeconds(random.nextInt(366 * 24 * 3600))
                    .toInstant(ZoneOffset.UTC);
            String text = at.toString();

            assertThat(Moments.reset(text, at.minusSeconds(1)))
                    .as(text)
                    .isEqualTo(OffsetDateTime.parse(text).toInstant());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T06:00:00+02:00, 2026-11-21T04:00:00Z",
        "2026-11-21T04:00:00.5Z, 2026-11-21T04:00:00.5Z",
        "' 2026-11-21T04:00:00Z ', 2026-11-21T04:00:00Z",
        "2026-11-21T04:00Z, 2026-11-21T04:00:00Z"
    })
    void otherFormsOfTheSameAreReadToo(String text, Instant moment) {
        assertThat(Moments.reset(text, moment.minus(Duration.ofHours(1)))).isEqualTo(moment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-30T04:00:00Z",
                "2026-13-01T04:00:00Z",
                "2026-11-21T24:00:00Z",
                "2026-11-21T04:60:00Z",
                "2026-11-21T04:00:61Z",
                "2026-11-2xT04:00:00Z",
                "2026-11-21 04:00:00Z",
                "2026/11/21T04:00:00Z",
                "-026-11-21T04:00:00Z",
                "٢٠٢٦-11-21T04:00:00Z",
                "soon",
                ""
            })
    void whatIsNoMomentIsNone(String text) {
        assertThat(Moments.reset(text, Instant.EPOCH)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4000, 4000",
        "999999999999999, 999999999999999",
        "9007199254740993, 9007199254740992",
        "1.25, 1.25",
        "' 7 ', 7",
        ".5, 0.5",
        "99999999999999999999999999, 1e26"
    })
    void numbersAreReadWhole(String text, double number) {
        assertThat(Moments.number(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "-1", "+1", "1e3", "NaN", "1.2.3", "0x10", "1 2", "٤"})
    void whatIsNoPlainNumberIsNone(String text) {
        assertThat(Moments.number(text)).isNull();
    }
}
