package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import io.ccflare.httpclient.GatewayHttpClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the example prints. */
class InProcessTest {

    @Test
    void it_prints_what_is_streamed() throws Exception {
        try (Pool pool = new Pool(1);
                GatewayHttpClient http = GatewayHttpClient.builder(pool.gateway).build()) {
            AnthropicClient claude = SdkTransport.sdk(http, "http://ccflare.local", options -> options);
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            InProcess.ask(claude, "hello", new PrintStream(printed, true, StandardCharsets.UTF_8));
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("Zürich", "東京")
                    .endsWith("\n");
            assertThat(pool.record().stream()).isTrue();
        }
    }
}
