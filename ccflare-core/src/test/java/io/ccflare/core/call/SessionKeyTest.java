package io.ccflare.core.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionKeyTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "user_0a_account_0b_session_8f14e45f-ceea-467f-9b2e-1d2c3b4a5f60|8f14e45f-ceea-467f-9b2e-1d2c3b4a5f60",
                "{\"device_id\":\"d\",\"session_id\":\"s-1\"}|s-1",
                "{\"session_id\" : \"s-2\",\"x\":1}|s-2"
            })
    void theSessionInsideAUserIdIsFound(String userId, String session) {
        assertThat(SessionKey.inUserId(userId)).isEqualTo(session);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "user-7", "a_session_", "a_session_short", "x_session_abcdefgh_more", "{\"session_id\":7}"})
    void anyOtherUserIdHoldsNone(String userId) {
        assertThat(SessionKey.inUserId(userId)).isNull();
    }

    @Test
    void providerCallerKindAndSessionAllCount() {
        Set<String> digests = new HashSet<>();
        digests.add(SessionKey.told("p", null, "s").digest());
        digests.add(SessionKey.told("p", "c", "s").digest());
        digests.add(SessionKey.told("p", "cs", "").digest());
        digests.add(SessionKey.told("q", "c", "s").digest());
        digests.add(SessionKey.told("p", "c", "7373").digest());
        digests.add(SessionKey.guessed("p", "c", new byte[] {0x73, 0x73}).digest());
        assertThat(digests).hasSize(6).allMatch(digest -> digest.matches("[0-9a-f]{32}"));
    }

    @Test
    void theSameSessionHasTheSameKey() {
        assertThat(SessionKey.told("p", "c", "s")).isEqualTo(SessionKey.told("p", "c", "s"));
    }
}
