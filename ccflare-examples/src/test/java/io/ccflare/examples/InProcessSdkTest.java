package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import io.ccflare.core.Gateway;
import io.ccflare.httpclient.GatewayHttpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The SDK with no server at all: over a JDK client whose calls are the gateway's. */
class InProcessSdkTest extends SdkContract {

    private static final String BASE = "http://ccflare.local";

    @Override
    Host host(Gateway gateway) {
        GatewayHttpClient client =
                GatewayHttpClient.builder(gateway).caller("anna").build();
        return new Host() {
            @Override
            public AnthropicClient client(int retries) {
                return SdkTransport.sdk(client, BASE, options -> options.maxRetries(retries));
            }

            @Override
            public void close() throws Exception {
                client.shutdown();
                assertThat(client.awaitTermination(Duration.ofSeconds(10)))
                        .as("every call has ended")
                        .isTrue();
            }
        };
    }

    @Test
    void the_caller_is_who_the_host_says() throws Exception {
        try (Pool pool = new Pool(1);
                Host host = host(pool.gateway)) {
            host.client(0).models().list();
            assertThat(pool.record().caller()).isEqualTo("anna");
        }
    }
}
