package io.ccflare.testkit.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.testkit.Waits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Which targets are a handler's, and that it sees them as they were sent: never decoded, joined or shortened. */
interface PathRules extends AdapterHost {

    private static GatewayHandler keeping(BlockingQueue<GatewayRequest> seen) {
        return request -> {
            seen.add(request);
            return Answers.text("gateway");
        };
    }

    /** The whole answer to a request of its own connection. */
    private static String answer(Host host, String target) throws Exception {
        try (RawClient client = RawClient.to(host)) {
            client.send("GET " + target + " HTTP/1.1", "Host: test", "Connection: close", "");
            return client.rest();
        }
    }

    @Test
    default void unusualCharactersOfATargetStayAsTheyWereSent() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        List<String> targets = List.of(
                "/v1/models/a%20b%C3%A9",
                "/v1/models/%E2%82%AC%F0%9F%98%80",
                "/v1/models/%7Euser%41%2d",
                "/v1/models/a+b",
                "/v1/models/a:b@c!$&'()*,=-._~",
                "/v1/models/a;v=1/b;w",
                "/v1/models?x=%2F%2e%2E%25%00&y=a+b&&z&=",
                "/v1/models?a=b?c/d//e/../f",
                "/v1/models?x=%E2%82%AC;y=%c3%a9",
                "/v1/models?" + "q".repeat(4000));
        try (Host host = start(keeping(seen))) {
            for (String target : targets) {
                assertThat(answer(host, target)).as(target).startsWith("HTTP/1.1 200");
                assertThat(Waits.take(seen, target).target()).isEqualTo(target);
            }
        }
    }

    /** Hosts may refuse a target that two readers could read differently. What they let pass, they pass on as it is. */
    @Test
    default void anAmbiguousTargetIsPassedOnAsItIsOrRefused() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        List<String> targets = List.of(
                "/v1/files/a%2Fb",
                "/v1/files/a%2fb",
                "/v1/files/a%5Cb",
                "/v1/files/100%25",
                "/v1/files/a%252Fb",
                "/v1/files/a%00b",
                "/v1/files/%2e%2e/b",
                "/v1/files/%2E/b",
                "/v1/files/../b",
                "/v1/files/./b",
                "/v1/files/..;/b",
                "/v1/files//b",
                "/v1//files",
                "/v1/files/%u00e9",
                "/v1/files/%FF%C0%AF",
                "/v1/files/a%",
                "/v1/files/%zz",
                "/v1/files/a\\b",
                "/v1/files/{a}|\"b\"^`",
                "/v1/files?x=%zz&y=%");
        try (Host host = start(keeping(seen))) {
            for (String target : targets) {
                String answer = answer(host, target);
                GatewayRequest passed = seen.poll();
                assertThat(answer)
                        .as(target)
                        .startsWith(passed == null ? "HTTP/1.1 4" : "HTTP/1.1 200")
                        .doesNotContain("\tat ");
                assertThat(passed == null ? target : passed.target()).isEqualTo(target);
            }
        }
    }

    @Test
    default void aTargetBeyondAsciiIsRefused() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        try (Host host = start(keeping(seen))) {
            for (String target : new String[] {"/v1/caf\u00c3\u00a9", "/v1/a?b=\u00c3\u00a9", "/v1/\u00e9"}) {
                assertThat(answer(host, target)).as(target).startsWith("HTTP/1.1 4");
                assertThat(seen).isEmpty();
            }
        }
    }

    @Test
    default void whatAMountIsAskedForIsItsPathWithoutIt() throws Exception {
        String[][] cases = {
            // mounted at, target, mount, path
            {"/", "/", "", "/"},
            {"/", "/v1", "", "/v1"},
            {"/", "/v1/messages", "", "/v1/messages"},
            {"/", "/v1/messages/?a=b", "", "/v1/messages/"},
            {"/v1", "/v1", "/v1", "/v1"},
            {"/v1", "/v1/", "/v1", "/v1/"},
            {"/v1", "/v1?a=b", "/v1", "/v1"},
            {"/v1", "/v1/messages/", "/v1", "/v1/messages/"},
            {"/v1", "/v1/v1/messages", "/v1", "/v1/v1/messages"},
            {"/a/b", "/a/b", "/a/b", "/"},
            {"/a/b", "/a/b/", "/a/b", "/"},
            {"/a/b", "/a/b/v1/messages", "/a/b", "/v1/messages"},
            {"/a/b", "/a/b/a/b/c", "/a/b", "/a/b/c"},
            {"/llm/v1", "/llm/v1/messages", "/llm/v1", "/v1/messages"}
        };
        for (String[] each : cases) {
            BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
            try (Host host = open(Map.of(each[0], keeping(seen)))) {
                assertThat(answer(host, each[1]))
                        .as("%s at %s", each[1], each[0])
                        .startsWith("HTTP/1.1 200");
                GatewayRequest request = Waits.take(seen, each[1]);
                assertThat(List.of(request.target(), request.mount(), request.path()))
                        .containsExactly(each[1], each[2], each[3]);
            }
        }
    }

    @Test
    default void whatOnlyLooksLikeTheMountIsNotTheHandlers() throws Exception {
        Map<String, List<String>> strangers = Map.of(
                "/v1",
                List.of(
                        "/v1x",
                        "/v1x/messages",
                        "/v1.0/a",
                        "/v",
                        "/V1/a",
                        "/x/v1/a",
                        "/%76%31/a",
                        "/v1;a=b/c",
                        "/v1%2Fa"),
                "/a/b",
                List.of("/a", "/a/", "/a/bc", "/a/c/b", "/b", "/a%2Fb/c"));
        for (Map.Entry<String, List<String>> mount : strangers.entrySet()) {
            BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
            try (Host host = open(Map.of(mount.getKey(), keeping(seen)))) {
                for (String target : mount.getValue()) {
                    assertThat(answer(host, target)).as(target).startsWith("HTTP/1.1 4");
                    assertThat(seen).as(target).isEmpty();
                }
            }
        }
    }

    @Test
    default void dotSegmentsLeadNeitherIntoAMountNorOutOfIt() throws Exception {
        BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();
        try (Host host = start(keeping(seen))) {
            for (String target : new String[] {"/own/../v1/a", "/v1/../own", "/v1/%2e%2e/own", "/x/%2e%2e/v1/a"}) {
                String answer = answer(host, target);
                GatewayRequest passed = seen.poll();
                if (passed != null) {
                    assertThat(passed.target()).isEqualTo(target);
                } else {
                    assertThat(answer.startsWith("HTTP/1.1 4") || answer.endsWith("own"))
                            .as("%s: %s", target, answer)
                            .isTrue();
                }
            }
        }
    }
}
