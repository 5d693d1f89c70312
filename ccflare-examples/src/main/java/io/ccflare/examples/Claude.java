package io.ccflare.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks Claude from within the process: the gateway is a function, so there is no port and no second hop. Thread-safe. */
final class Claude {

    /** Claude could not answer. Its message may be shown to users. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message);
        }
    }

    private static final String MODEL = "claude-haiku-4-5";
    private static final int MAX_TOKENS = 512;

    private final GatewayHandler gateway;
    private final ObjectMapper json = new ObjectMapper();

    Claude(GatewayHandler gateway) {
        this.gateway = gateway;
    }

    /**
     * The answer to one question.
     *
     * @param user whom the gateway's records name, and whose conversations stay apart from those of others
     * @return fails with {@link Unavailable}
     */
    CompletionStage<String> ask(String user, String question) {
        GatewayRequest request = GatewayRequest.builder("POST", "/v1/messages")
                .caller(user)
                .headers(Headers.of("content-type", "application/json", "anthropic-version", "2023-06-01"))
                .body(FixedBody.of(body(question)))
                .build();
        return gateway.handle(request).thenCompose(this::read);
    }

    private byte[] body(String question) {
        try {
            return json.writeValueAsBytes(Map.of(
                    "model",
                    MODEL,
                    "max_tokens",
                    MAX_TOKENS,
                    "messages",
                    List.of(Map.of("role", "user", "content", question))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of strings and numbers is always JSON", e);
        }
    }

    /** The body is a publisher as in {@code java.net.http}, whose subscribers therefore fit. */
    private CompletableFuture<String> read(GatewayResponse response) {
        BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
        response.body().subscribe(text);
        return text.getBody().thenApply(body -> answer(response.status(), body)).toCompletableFuture();
    }

    private String answer(int status, String body) {
        try {
            JsonNode parsed = json.readTree(body);
            if (status != 200) {
                throw new Unavailable("Claude answered " + status + ": "
                        + parsed.path("error").path("message").asText());
            }
            StringBuilder text = new StringBuilder();
            for (JsonNode block : parsed.path("content")) {
                text.append(block.path("text").asText());
            }
            return text.toString();
        } catch (JsonProcessingException e) {
            throw new Unavailable("Claude answered " + status + " with something that is not JSON");
        }
    }
}
