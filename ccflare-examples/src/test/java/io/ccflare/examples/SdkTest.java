package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
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
import io.ccflare.fake.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider's own Java SDK as a user of the notes service has it: its base URL is the service, its key the user's token there. */
class SdkTest {

    private static final String MODEL = "claude-opus-4-8";

    private static AnthropicClient client(Rig rig) {
        return client(rig, Rig.TOKEN);
    }

    /** Its own retries are off: they would hide what the gateway does. */
    private static AnthropicClient client(Rig rig, String token) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(rig.service.address())
                .apiKey(token)
                .maxRetries(0)
                .build();
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
        try (Rig rig = new Rig(2)) {
            Message message = client(rig).messages().create(hello().build());
            assertThat(text(message)).contains("Zürich", "東京");
            assertThat(message.usage().outputTokens()).isPositive();
            RequestRecord record = rig.record();
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.usage()).isNotNull();
            assertThat(record.usage().output()).isEqualTo(message.usage().outputTokens());
            assertThat(rig.fake("a").requests().get(0).headers().toString()).doesNotContain(Rig.TOKEN);
        }
    }

    @Test
    void a_stream() throws Exception {
        try (Rig rig = new Rig(2)) {
            List<RawMessageStreamEvent> events = stream(client(rig));
            assertThat(text(events)).contains("Zürich", "東京");
            assertThat(events.get(0).isMessageStart()).isTrue();
            assertThat(events.get(events.size() - 1).isMessageStop()).isTrue();
            RequestRecord record = rig.record();
            assertThat(record.outcome()).isEqualTo(Outcome.OK);
            assertThat(record.partial()).isFalse();
        }
    }

    @Test
    void a_count_of_tokens() throws Exception {
        try (Rig rig = new Rig(1)) {
            MessageTokensCount count = client(rig)
                    .messages()
                    .countTokens(MessageCountTokensParams.builder()
                            .model(MODEL)
                            .addUserMessage("Hello")
                            .build());
            assertThat(count.inputTokens()).isPositive();
            assertThat(rig.record().route()).isEqualTo("count_tokens");
        }
    }

    @Test
    void the_models() throws Exception {
        try (Rig rig = new Rig(1)) {
            assertThat(client(rig).models().list().data())
                    .isNotEmpty()
                    .allMatch(model -> model.id().startsWith("claude"));
            String first = client(rig).models().list().data().get(0).id();
            assertThat(client(rig).models().retrieve(first).id()).isEqualTo(first);
        }
    }

    @Test
    void a_tool_is_asked_for_and_its_result_goes_to_the_account_that_asked() throws Exception {
        AtomicReference<String> favourite = new AtomicReference<>("b");
        try (Rig rig = new Rig(3, builder -> builder.strategy((request, pool) -> favouring(favourite.get(), pool)))) {
            AnthropicClient client = client(rig);
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
            assertThat(rig.record().accountName()).isEqualTo("b");

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
            assertThat(rig.record().accountName()).isEqualTo("b");
            client.messages().create(hello().build());
            assertThat(rig.record().accountName()).as("a new conversation").isEqualTo("c");
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
        try (Rig rig = new Rig(2, Fault.named(fault), builder -> builder)) {
            assertThat(text(client(rig).messages().create(hello().build()))).contains("Zürich");
            assertThat(text(stream(client(rig)))).contains("Zürich");
            assertThat(rig.record().accountName()).isEqualTo("b");
            assertThat(rig.record().accountName()).isEqualTo("b");
        }
    }

    @Test
    void a_stream_that_breaks_after_content_is_an_exception_and_never_an_end() throws Exception {
        try (Rig rig = new Rig(2, Fault.CLOSE_MID_STREAM, builder -> builder)) {
            AnthropicException broken = catchThrowableOfType(AnthropicException.class, () -> stream(client(rig)));
            assertThat(broken).isNotNull();
            assertThat(broken).hasMessageContaining("broke the stream off");
            assertThat(rig.record().outcome()).isEqualTo(Outcome.CUT);
            assertThat(rig.fake("b").count())
                    .as("nothing is tried again after content")
                    .isZero();
        }
    }

    @Test
    void a_stream_that_is_cut_inside_an_event_is_an_exception_too() throws Exception {
        try (Rig rig = new Rig(2, Fault.CUT_INSIDE_EVENT, builder -> builder)) {
            assertThat(catchThrowableOfType(AnthropicException.class, () -> stream(client(rig))))
                    .isNotNull();
            assertThat(rig.record().outcome()).isEqualTo(Outcome.CUT);
        }
    }

    @Test
    void what_the_provider_says_to_the_caller_arrives_as_its_typed_exception() throws Exception {
        try (Rig rig = new Rig(2, Fault.INVALID_REQUEST, builder -> builder)) {
            BadRequestException refused = catchThrowableOfType(
                    BadRequestException.class, () -> client(rig).messages().create(hello().build()));
            assertThat(refused).hasMessageContaining("messages.0.content: Input should be a valid list");
            assertThat(rig.fake("b").count()).isZero();
        }
    }

    @Test
    void when_all_accounts_are_limited_the_caller_learns_when_to_come_back() throws Exception {
        try (Rig rig = new Rig(2, Fault.UNIFIED_REJECTED_5H, builder -> builder)) {
            rig.fake("b").fault(Fault.UNIFIED_REJECTED_7D);
            RateLimitException limited = catchThrowableOfType(
                    RateLimitException.class, () -> client(rig).messages().create(hello().build()));
            assertThat(limited.headers().values("retry-after"))
                    .singleElement()
                    .satisfies(seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 59));
            assertThat(rig.record().outcome()).isEqualTo(Outcome.EXHAUSTED);
        }
    }

    @Test
    void an_unknown_token_is_refused_by_the_service_itself() {
        try (Rig rig = new Rig(1)) {
            assertThat(catchThrowableOfType(
                            UnauthorizedException.class,
                            () -> client(rig, "guessed").messages().create(hello().build())))
                    .isNotNull();
            assertThat(rig.upstream.count()).isZero();
        }
    }
}
