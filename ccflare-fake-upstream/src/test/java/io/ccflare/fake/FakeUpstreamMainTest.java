package io.ccflare.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FakeUpstreamMainTest {

    @Test
    void keysComeWithTheirFaultsAndArgumentsGoBeforeTheEnvironment() throws IOException {
        String[] args = {"--keys=sk-demo-a,sk-demo-b=OVERLOADED", "--interval-ms=0", "--deltas=1"};
        Map<String, String> environment = Map.of("FAKE_UPSTREAM_DELTAS", "3", "FAKE_UPSTREAM_INTERVAL_MS", "1");
        try (FakeUpstream fake = FakeUpstreamMain.start(args, environment)) {
            assertThat(RawClient.message(fake, "sk-demo-a", RawClient.STREAM).events())
                    .containsOnlyOnce("content_block_delta");
            assertThat(RawClient.message(fake, "sk-demo-b", RawClient.STREAM).status())
                    .isEqualTo(529);
            assertThat(RawClient.message(fake, "sk-demo-c", RawClient.STREAM).status())
                    .isEqualTo(401);
            assertThat(fake.requests()).isEmpty();
            assertThat(fake.count()).isEqualTo(3);
        }
    }

    @Test
    void aWrongOptionIsNamed() {
        assertThatThrownBy(() -> FakeUpstreamMain.start(new String[] {"--speed=1"}, Map.of()))
                .hasMessageContaining("--speed")
                .hasMessageContaining("interval-ms");
        assertThatThrownBy(() -> FakeUpstreamMain.start(new String[] {"--port=x"}, Map.of()))
                .hasMessageContaining("port");
    }

    @Test
    void aProcessOfItsOwnPrintsItsAddressOnItsFirstLine() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeUpstreamMain.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            URI uri = URI.create(out.readLine());
            try (RawClient client = new RawClient(uri.getPort())) {
                client.send("GET /v1/models HTTP/1.1\r\nx-api-key: sk-any\r\nConnection: close\r\n\r\n");
                assertThat(client.rest().status()).isEqualTo(200);
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
    }
}
