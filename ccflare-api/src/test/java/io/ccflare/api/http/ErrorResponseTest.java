package io.ccflare.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class ErrorResponseTest {

    private static String body(GatewayResponse response) {
        List<String> parts = new ArrayList<>();
        response.body().subscribe(new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription from) {
                from.request(1);
            }

            @Override
            public void onNext(List<ByteBuffer> batch) {
                batch.forEach(buffer ->
                        parts.add(StandardCharsets.UTF_8.decode(buffer).toString()));
            }

            @Override
            public void onError(Throwable cause) {
                parts.add(cause.toString());
            }

            @Override
            public void onComplete() {
                parts.add("");
            }
        });
        return String.join("", parts);
    }

    @Test
    void theDefaultIsValidJsonWhateverTheMessage() {
        GatewayResponse response = ErrorResponse.json().of(400, "a \"quoted\" \\ and\n\u0001");
        assertThat(body(response))
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
                        + "\"a \\\"quoted\\\" \\\\ and\\u000a\\u0001\"}}");
        assertThat(response.headers().first("content-type")).isEqualTo("application/json");
    }

    @Test
    void aBrokenHandlerIsAnApiError() {
        assertThat(body(ErrorResponse.json().of(500, "internal error"))).contains("\"api_error\"");
    }
}
