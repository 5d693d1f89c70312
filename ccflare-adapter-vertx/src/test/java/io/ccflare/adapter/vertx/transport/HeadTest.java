package io.ccflare.adapter.vertx.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ccflare.api.http.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTest {

    @ParameterizedTest
    @ValueSource(strings = {"/", "//v1/a%2Fb/../c;p?b=true&q=%20+%7c&x[]=a?b", "/a|b\"c?q={}^`\\<>#f", "/a%zz%", "/a?"})
    void whatARequestLineCanHoldGoesUpAsItIs(String target) {
        assertThat(Head.target(target)).isSameAs(target);
    }

    @ParameterizedTest
    @CsvSource({
        "'',/",
        "?x=1,/?x=1",
        "?\u00e9,/?%E9",
        "/a b\u0001\u007f,/a%20b%01%7F",
        "/\u20ac\uD83D\uDE00,/%E2%82%AC%F0%9F%98%80"
    })
    void theRestIsEncoded(String target, String sent) {
        assertThat(Head.target(target)).isEqualTo(sent);
    }

    @Test
    void aTargetThatCouldChangeTheAuthorityIsRefused() {
        assertThatThrownBy(() -> Head.target("http://elsewhere/")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Head.target("/a\r\nX: y HTTP/1.1")).isEqualTo("/a%0D%0AX:%20y%20HTTP/1.1");
    }

    @Test
    void aControlCharacterIsNamedByItsFieldAndNotQuoted() {
        assertThatThrownBy(() -> Head.check(Headers.of("X-Api-Key", "sec\u0001ret")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Api-Key")
                .hasMessageNotContaining("ret");
    }
}
