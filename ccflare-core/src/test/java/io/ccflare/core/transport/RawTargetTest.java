package io.ccflare.core.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;

class RawTargetTest {

    private static final URI ORIGIN = URI.create("https://api.example.com:8443/ignored?too");

    @Test
    void everyCharacterThatAUriRefusesIsEscapedAndAllElseStays() {
        for (char c = 0; c < 0x180; c++) {
            String text = resolve("/a" + c + "b?c" + c + "d");
            String raw = String.valueOf(c);
            boolean mayStay = c > ' ' && c < 0x7F && "\"<>\\^`{|}#%[]?".indexOf(c) < 0;
            if (mayStay) {
                assertThat(text).as("U+%04X", (int) c).isEqualTo("/a" + raw + "b?c" + raw + "d");
            } else if (c != '?') {
                assertThat(text).as("U+%04X", (int) c).startsWith("/a%").endsWith("d");
            }
        }
    }

    @Test
    void aCharacterUpToFfIsOneByteAndBeyondThatUtf8() {
        assertThat(resolve("/\u00e9?q=\u00ff")).isEqualTo("/%E9?q=%FF");
        assertThat(resolve("/\u20ac\ud83d\ude00")).isEqualTo("/%E2%82%AC%F0%9F%98%80");
    }

    @Test
    void aPercentSignStaysWhereItBeginsAnEscapeOnly() {
        assertThat(resolve("/%2F%c3%A9/%zz/100%/%2?%")).isEqualTo("/%2F%c3%A9/%25zz/100%25/%252?%25");
    }

    @Test
    void pathsAreNotTidied() {
        assertThat(resolve("//v1//messages/./../x;p=1?a=/b//c?d&e[]=1"))
                .isEqualTo("//v1//messages/./../x;p=1?a=/b//c?d&e[]=1");
    }

    @Test
    void theTargetCannotChangeTheHost() {
        assertThat(RawTarget.resolve(ORIGIN, "//evil.example/x").getHost()).isEqualTo("api.example.com");
        assertThat(RawTarget.resolve(ORIGIN, "/@evil.example").getHost()).isEqualTo("api.example.com");
        assertThat(RawTarget.resolve(ORIGIN, "?@evil").getHost()).isEqualTo("api.example.com");
        assertThatThrownBy(() -> RawTarget.resolve(ORIGIN, ".evil.example/x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RawTarget.resolve(ORIGIN, "@evil.example/x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RawTarget.resolve(URI.create("ftp://h/"), "/x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String resolve(String target) {
        String text = RawTarget.resolve(ORIGIN, target).toString();
        assertThat(text).startsWith("https://api.example.com:8443");
        return text.substring("https://api.example.com:8443".length());
    }
}
