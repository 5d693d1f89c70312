package io.ccflare.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void everyKindOfValueIsRead() throws Json.Malformed {
        assertThat(parse(" {\"a\":[1,-2.5e+3,true,false,null,\"\\u00fc\\n\\/\"],\"b\":{},\"c\":[]} "))
                .isEqualTo(Map.of(
                        "a",
                        List.of(new Json.Num("1"), new Json.Num("-2.5e+3"), true, false, Json.NULL, "ü\n/"),
                        "b",
                        Map.of(),
                        "c",
                        List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "{\"a\"}", "[1,]", "01", "1.", "\"\t\"", "\"\\x\"", "\"\\u12g4\"", "tru", "{} {}", "-"})
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(Json.Malformed.class);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xff, '"'})).hasMessageContaining("UTF-8");
    }

    @Test
    void aQuotedTextReadsBackAsItWas() throws Json.Malformed {
        String text = "a\"\\\n\u0001\u00fc\ud83c\udf24";
        assertThat(parse(Json.quote(text))).isEqualTo(text);
        assertThat(Json.quote("\ud83c")).isEqualTo("\"\\ud83c\"");
    }

    private static Object parse(String text) throws Json.Malformed {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
