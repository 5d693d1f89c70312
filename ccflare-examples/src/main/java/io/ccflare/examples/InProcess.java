package io.ccflare.examples;

import com.anthropic.client.AnthropicClient;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import io.ccflare.core.Gateway;
import io.ccflare.httpclient.GatewayHttpClient;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** No server at all: the official SDK asks through a gateway in the same process, and prints the answer while it comes. */
public final class InProcess {

    private InProcess() {}

    /** Asks an imitation of the API, once. */
    public static void main(String[] args) {
        Console.quiet();
        String question = args.length == 0 ? "What is a gateway?" : String.join(" ", args);
        try (Demo demo = Demo.start();
                Gateway gateway = Gateway.builder(demo::accounts).build();
                GatewayHttpClient http =
                        GatewayHttpClient.builder(gateway).caller("nightly-job").build()) {
            AnthropicClient claude = SdkTransport.sdk(http, "http://ccflare.local", options -> options);
            ask(claude, question, new PrintStream(System.out, true, StandardCharsets.UTF_8));
        }
    }

    static void ask(AnthropicClient claude, String question, PrintStream out) {
        MessageCreateParams message = MessageCreateParams.builder()
                .model("claude-haiku-4-5")
                .maxTokens(512)
                .addUserMessage(question)
                .build();
        try (StreamResponse<RawMessageStreamEvent> answer = claude.messages().createStreaming(message)) {
            answer.stream()
                    .flatMap(event -> event.contentBlockDelta().stream())
                    .flatMap(event -> event.delta().text().stream())
                    .forEach(part -> {
                        out.print(part.text());
                        out.flush();
                    });
        }
        out.println();
    }
}
