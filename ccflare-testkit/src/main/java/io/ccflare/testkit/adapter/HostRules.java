package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import java.util.LinkedHashMap;
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
    default void aHandlerAtTheRootLeavesTheHostItsOwnRoute() throws Exception {
        try (Host host = open(Map.of("/", request -> Answers.text("gateway")));
                RawClient client = RawClient.to(host)) {
            assertThat(client.get("/own").bodyOfAnswer()).isEqualTo("own");
            assertThat(client.get("/owner").bodyOfAnswer()).isEqualTo("gateway");
        }
    }

    @Test
    default void twoMountsInOneHostDoNotSeeEachOther() throws Exception {
        GatewayHandler one = request -> Answers.text("1:" + request.path());
        GatewayHandler two = request -> Answers.text("2:" + request.path());
        try (Host host = open(Map.of("/v1", one, "/other/v1", two));
                RawClient client = RawClient.to(host)) {
            client.get("/v1/a").head();
            assertThat(client.exactly(7)).isEqualTo("1:/v1/a");
            client.get("/other/v1/a").head();
            assertThat(client.exactly(7)).isEqualTo("2:/v1/a");
        }
    }

    @Test
    default void ofTwoMountsOneBelowTheOtherTheLongerOneIsAsked() throws Exception {
        for (String[] mounts : new String[][] {{"/v1/admin", "/v1"}, {"/a/b", "/a"}, {"/v1", "/"}}) {
            Map<String, GatewayHandler> inOrder = new LinkedHashMap<>();
            inOrder.put(mounts[0], request -> Answers.text("inner " + request.mount()));
            inOrder.put(mounts[1], request -> Answers.text("outer " + request.mount()));
            String outer = "outer " + (mounts[1].equals("/") ? "" : mounts[1]);
            try (Host host = open(inOrder);
                    RawClient client = RawClient.to(host)) {
                for (String below : new String[] {"", "/", "/x", "/x/y?z"}) {
                    assertThat(client.get(mounts[0] + below).bodyOfAnswer()).isEqualTo("inner " + mounts[0]);
                }
                String base = mounts[1].equals("/") ? "" : mounts[1];
                for (String below : new String[] {base + "/x", mounts[0] + "x", mounts[0] + "x/y"}) {
                    assertThat(client.get(below).bodyOfAnswer()).as(below).isEqualTo(outer);
                }
            }
        }
    }

    @Test
    default void oneMountsTroubleIsNotTheOthers() throws Exception {
        Source quiet = new Source();
        GatewayHandler broken = request -> {
            throw new IllegalStateException("broken");
        };
        try (Host host = open(Map.of("/v1", request -> Answers.events(quiet), "/other/v1", broken));
                RawClient reader = RawClient.to(host)) {
            reader.get("/v1/a").head();
            for (int i = 0; i < 20; i++) {
                quiet.send("event " + i);
                assertThat(reader.chunk()).isEqualTo("event " + i);
                try (RawClient client = RawClient.to(host)) {
                    assertThat(client.get("/other/v1/a").head()).startsWith("HTTP/1.1 500");
                }
            }
            quiet.complete();
            assertThat(reader.chunk()).isEmpty();
        }
    }
}
