package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A mount is a guest in its host. */
interface HostRules extends AdapterHost {

    @Test
    default void theHostsOwnRoutesStayItsOwn() throws Exception {
        try (Host host = start(request -> Answers.text("gateway"));
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/own").head()).startsWith("HTTP/1.1 200");
            assertThat(client.exactly(3)).isEqualTo("own");
            assertThat(client.get("/v1/a").head()).startsWith("HTTP/1.1 200");
            assertThat(client.exactly(7)).isEqualTo("gateway");
            assertThat(client.get("/v1beta/a").head()).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    default void twoMountsInOneHostDoNotSeeEachOther() throws Exception {
        GatewayHandler one = request -> Answers.text("1:" + request.path());
        GatewayHandler two = request -> Answers.text("2:" + request.path());
        try (Host host = start(Map.of("/v1", one, "/other/v1", two));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            assertThat(client.exactly(7)).isEqualTo("1:/v1/a");
            client.get("/other/v1/a").head();
            assertThat(client.exactly(7)).isEqualTo("2:/v1/a");
        }
    }
}
