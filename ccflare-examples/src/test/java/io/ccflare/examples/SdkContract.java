package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.AnthropicClientAsync;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.AsyncStreamResponse;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.MessageTokensCount;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import io.ccflare.api.record.Outcome;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.routing.PoolSnapshot;
import io.ccflare.api.routing.Ranking;
import io.ccflare.core.Gateway;
import io.ccflare.core.GatewayBuilder;
import io.ccflare.fake.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The provider's own Java SDK against a gateway: whatever stands between the two, its users notice nothing but that it works. A subclass
 * says what stands between.
 */
abstract class SdkContract {

    /** A gateway in its host, and how the SDK reaches it. */
    interface Host extends AutoCloseable {

        /** @param retries of the SDK's own */
        AnthropicClient client(int retries);

        @Override
        void close() throws Exception;
    }

    /** Starts a host. The gateway is closed by who made it, after the host. */
    abstract Host host(Gateway gateway) throws Exception;

    /** What the gateway is built with beside accounts and listener; a transport, say. */
    GatewayBuilder configured(GatewayBuilder builder) {
        return builder;
    }

    /** A host and all that is behind it. */
    private final class Setting extends Pool {

        private final Host host;

        Setting(int accounts) throws Exception {
            this(accounts, Fault.NONE, builder -> builder);
        }

        Setting(int accounts, Fault ofTheFirst) throws Exception {
            this(accounts, ofTheFirst, builder -> builder);
        }

        Setting(int accounts, Fault ofTheFirst, UnaryOperator<GatewayBuilder> more) throws Exception {
            super(accounts, ofTheFirst, builder -> more.apply(configured(builder)));
            host = host(gateway);
        }

        @Override
        public void close() {
            try {
                host.close();
            } catch (Exception e) {
                throw new AssertionError("the host did not close", e);
            } finally {
                super.close();
            }
        }
    }

    private static final String MODEL = "claude-opus-4-8";

    /** Events of about a hundred bytes. */
    private static final int MORE_THAN_BUFFERS_TAKE = 1_000_000;

    /** Without retries of its own, which would hide what the gateway does. */
    private static AnthropicClient client(Setting setting) {
        return setting.host.client(0);
    }

    private static MessageCreateParams.Builder hello() {
        return MessageCreateParams.builder().model(MODEL).maxTokens(64).addUserMessage("Hello");
    }

    private static String text(Message message) {
        StringBuilder text = new StringBuilder();
        message.content().forEach(block -> block.text().ifPresent(part -> text.append(part.text())));
        return text.toString();
    }

    private static List<RawMessageStreamEvent> stream(AnthropicClient client) {
        List<RawMessageStreamEvent> events = new ArrayList<>();
        try (StreamResponse<RawMessageStreamEvent> response = client.messages().createStreaming(hello().build())) {
            response.stream().forEach(events::add);
        }
        return events;
    }

    private static String text(List<RawMessageStreamEvent> events) {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> event.contentBlockDelta()
                .flatMap(delta -> delta.delta().text())
                .ifPresent(delta -> text.append(delta.text())));
        return text.toString();
    }

    @Test
    void a_message() throws Exception {
        try (Setting setting = new Setting(2)) {
            Message message = client(setting).messages().create(hello().build());
            assertThat(text(message)).contains("Zürich", "東京");
            assertThat(message.usage().outputTokens()).isPositive();
            RequestRecord record = setting.record();
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.usage()).isNotNull();
            assertThat(record.usage().output()).isEqualTo(message.usage().outputTokens());
            assertThat(setting.upstream.count()).isEqualTo(1);
        }
    }

    @Test
    void a_stream() throws Exception {
        try (Setting setting = new Setting(2)) {
            List<RawMessageStreamEvent> events = stream(client(setting));
            assertThat(text(events)).contains("Zürich", "東京");
            assertThat(events.get(0).isMessageStart()).isTrue();
            assertThat(events.get(events.size() - 1).isMessageStop()).isTrue();
            RequestRecord record = setting.record();
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.partial()).isFalse();
        }
    }

    @Test
    void a_count_of_tokens() throws Exception {
        try (Setting setting = new Setting(1)) {
            MessageTokensCount count = client(setting)
                    .messages()
                    .countTokens(MessageCountTokensParams.builder()
                            .model(MODEL)
                            .addUserMessage("Hello")
                            .build());
            assertThat(count.inputTokens()).isPositive();
            assertThat(setting.record().route()).isEqualTo("count_tokens");
        }
    }

    @Test
    void the_models() throws Exception {
        try (Setting setting = new Setting(1)) {
            assertThat(client(setting).models().list().data())
                    .isNotEmpty()
                    .allMatch(model -> model.id().startsWith("claude"));
            String first = client(setting).models().list().data().get(0).id();
            assertThat(client(setting).models().retrieve(first).id()).isEqualTo(first);
        }
    }

    @Test
    void a_tool_is_asked_for_and_its_result_goes_to_the_account_that_asked() throws Exception {
        AtomicReference<String> favourite = new AtomicReference<>("b");
        try (Setting setting = new Setting(
                3, Fault.NONE, builder -> builder.strategy((request, pool) -> favouring(favourite.get(), pool)))) {
            AnthropicClient client = client(setting);
            MessageCreateParams.Builder conversation = MessageCreateParams.builder()
                    .model(MODEL)
                    .maxTokens(64)
                    .putAdditionalHeader("x-session-id", "a-conversation")
                    .addTool(Tool.builder()
                            .name("weather")
                            .description("The weather in a town")
                            .inputSchema(Tool.InputSchema.builder()
                                    .properties(JsonValue.from(Map.of("town", Map.of("type", "string"))))
                                    .build())
                            .build())
                    .addUserMessage("How is the weather in Zürich? [use tool]");

            Message first = client.messages().create(conversation.build());
            assertThat(first.stopReason()).contains(StopReason.TOOL_USE);
            ToolUseBlock call = first.content().stream()
                    .flatMap(block -> block.toolUse().stream())
                    .findFirst()
                    .orElseThrow();
            assertThat(call.name()).isEqualTo("weather");
            assertThat(setting.record().accountName()).isEqualTo("b");

            favourite.set("c");
            Message second = client.messages()
                    .create(conversation
                            .addMessage(first)
                            .addUserMessageOfContentBlockParams(
                                    List.of(ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                                            .toolUseId(call.id())
                                            .content("Mild")
                                            .build())))
                            .build());
            assertThat(second.stopReason()).contains(StopReason.END_TURN);
            assertThat(setting.record().accountName()).isEqualTo("b");
            client.messages().create(hello().build());
            assertThat(setting.record().accountName()).as("a new conversation").isEqualTo("c");
        }
    }

    private static Ranking favouring(String name, PoolSnapshot pool) {
        List<Ranking.Place> places = new ArrayList<>();
        pool.usable()
                .filter(index -> pool.account(index).account().name().equals(name))
                .forEach(index -> places.add(new Ranking.Place(index, "favourite")));
        return Ranking.of(places);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"RATE_LIMITED", "UNIFIED_REJECTED_5H", "OVERLOADED", "UNAUTHORIZED", "RESET_BEFORE_HEADERS"})
    void an_account_that_fails_is_not_noticed(String fault) throws Exception {
        try (Setting setting = new Setting(2, Fault.named(fault))) {
            assertThat(text(client(setting).messages().create(hello().build()))).contains("Zürich");
            assertThat(text(stream(client(setting)))).contains("Zürich");
            assertThat(setting.record().accountName()).isEqualTo("b");
            assertThat(setting.record().accountName()).isEqualTo("b");
        }
    }

    @Test
    void a_stream_that_breaks_after_content_is_an_exception_and_never_an_end() throws Exception {
        try (Setting setting = new Setting(2, Fault.CLOSE_MID_STREAM)) {
            AnthropicException broken = catchThrowableOfType(AnthropicException.class, () -> stream(client(setting)));
            assertThat(broken).isNotNull();
            assertThat(broken).hasMessageContaining("broke the stream off");
            assertThat(setting.record().outcome()).isEqualTo(Outcome.CUT);
            assertThat(setting.fake("b").count())
                    .as("nothing is tried again after content")
                    .isZero();
        }
    }

    @Test
    void a_stream_that_is_cut_inside_an_event_is_an_exception_too() throws Exception {
        try (Setting setting = new Setting(2, Fault.CUT_INSIDE_EVENT)) {
            assertThat(catchThrowableOfType(AnthropicException.class, () -> stream(client(setting))))
                    .isNotNull();
            assertThat(setting.record().outcome()).isEqualTo(Outcome.CUT);
        }
    }

    @Test
    void what_the_provider_says_to_the_caller_arrives_as_its_typed_exception() throws Exception {
        try (Setting setting = new Setting(2, Fault.INVALID_REQUEST)) {
            BadRequestException refused = catchThrowableOfType(
                    BadRequestException.class, () -> client(setting).messages().create(hello().build()));
            assertThat(refused).hasMessageContaining("messages.0.content: Input should be a valid list");
            assertThat(setting.fake("b").count()).isZero();
        }
    }

    @Test
    void when_all_accounts_are_limited_the_caller_learns_when_to_come_back() throws Exception {
        try (Setting setting = new Setting(2, Fault.UNIFIED_REJECTED_5H)) {
            setting.fake("b").fault(Fault.UNIFIED_REJECTED_7D);
            RateLimitException limited = catchThrowableOfType(
                    RateLimitException.class, () -> client(setting).messages().create(hello().build()));
            assertThat(limited.headers().values("retry-after"))
                    .singleElement()
                    .satisfies(seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 59));
            assertThat(setting.record().outcome()).isEqualTo(Outcome.EXHAUSTED);
        }
    }

    @Test
    void a_reader_that_closes_early_ends_a_stream_that_waits_for_it() throws Exception {
        try (Setting setting = new Setting(1)) {
            setting.upstream.deltas(MORE_THAN_BUFFERS_TAKE);
            try (StreamResponse<RawMessageStreamEvent> response =
                    client(setting).messages().createStreaming(hello().build())) {
                assertThat(response.stream().anyMatch(RawMessageStreamEvent::isContentBlockDelta))
                        .isTrue();
            }
            setting.upstream.await(
                    "the hang-up upstream", Duration.ofSeconds(10), () -> setting.upstream.canceled() == 1);
            assertThat(setting.record().outcome()).isEqualTo(Outcome.CANCELLED);
        }
    }

    @Test
    void the_asynchronous_client_reads_a_message_and_a_stream() throws Exception {
        try (Setting setting = new Setting(2)) {
            AnthropicClientAsync client = client(setting).async();
            assertThat(text(client.messages().create(hello().build()).get(20, TimeUnit.SECONDS)))
                    .contains("Zürich");
            List<RawMessageStreamEvent> events = new CopyOnWriteArrayList<>();
            AsyncStreamResponse<RawMessageStreamEvent> response =
                    client.messages().createStreaming(hello().build());
            response.subscribe(events::add);
            response.onCompleteFuture().get(20, TimeUnit.SECONDS);
            assertThat(text(events)).contains("Zürich", "東京");
        }
    }

    @Test
    void what_the_gateway_cannot_mend_the_sdk_tries_again() throws Exception {
        try (Setting setting = new Setting(1, Fault.SERVER_ERROR)) {
            assertThat(catchThrowableOfType(
                            AnthropicException.class,
                            () -> setting.host.client(1).messages().create(hello().build())))
                    .isNotNull();
            setting.record();
            setting.record();
        }
    }
}
