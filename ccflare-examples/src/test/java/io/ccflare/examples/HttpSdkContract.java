package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.errors.UnauthorizedException;
import io.ccflare.core.Gateway;
import org.junit.jupiter.api.Test;

/**
 * The SDK over HTTP, as a user of a service has it: its base URL is the service, its key the user's token there. A container of one's own
 * takes one class: start it in {@link #serve} with the gateway at {@code /v1} behind something that refuses other tokens than
 * {@link #TOKEN} with 401.
 */
abstract class HttpSdkContract extends SdkContract {

    static final String TOKEN = "annas-token";

    /** A service that listens. */
    interface Service extends AutoCloseable {

        /** Without a slash at the end. */
        String address();
    }

    abstract Service serve(Gateway gateway) throws Exception;

    @Override
    final Host host(Gateway gateway) throws Exception {
        Service service = serve(gateway);
        return new Host() {
            @Override
            public AnthropicClient client(int retries) {
                return sdk(service, TOKEN, retries);
            }

            @Override
            public void close() throws Exception {
                service.close();
            }
        };
    }

    private static AnthropicClient sdk(Service service, String token, int retries) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(service.address())
                .apiKey(token)
                .maxRetries(retries)
                .build();
    }

    @Test
    void an_unknown_token_is_refused_by_the_service_itself() throws Exception {
        try (Pool pool = new Pool(1);
                Service service = serve(pool.gateway)) {
            assertThat(catchThrowableOfType(
                            UnauthorizedException.class,
                            () -> sdk(service, "guessed", 0).models().list()))
                    .isNotNull();
            assertThat(pool.upstream.count()).isZero();
        }
    }

    @Test
    void the_users_token_stays_with_the_service() throws Exception {
        try (Pool pool = new Pool(1);
                Service service = serve(pool.gateway)) {
            sdk(service, TOKEN, 0).models().list();
            assertThat(pool.fake("a").requests().get(0).headers().toString()).doesNotContain(TOKEN);
            assertThat(pool.record().caller()).isEqualTo("anna");
        }
    }

    /** A service made of its address and its end. */
    static Service service(String address, AutoCloseable end) {
        return new Service() {
            @Override
            public String address() {
                return address;
            }

            @Override
            public void close() throws Exception {
                end.close();
            }
        };
    }
}
