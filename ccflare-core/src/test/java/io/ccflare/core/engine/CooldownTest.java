package io.ccflare.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.state.Cooldown;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import io.ccflare.testkit.TestTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What makes an account rest, for whom, and until when. */
class CooldownTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final TestTime time = new TestTime();
    private final HandTransport upstream = new HandTransport();
    private final AtomicInteger place = new AtomicInteger();
    private final List<CompletableFuture<GatewayResponse>> open = new ArrayList<>();
    private final Rig rig = new Rig(
            2,
            account -> account.priority(place.getAndIncrement()),
            builder -> builder.transport(upstream)
                    .time(time)
                    .settings(GatewaySettings.builder()
                            .timeouts(Timeouts.builder()
                                    .waitForAccount(Duration.ZERO)
                                    .build())
                            .build()));

    @BeforeEach
    void timePasses() {
        time.advance(Duration.ofMillis(1));
    }

    @AfterEach
    void close() {
        open.forEach(response -> {
            response.cancel(true);
            response.thenAccept(GatewayResponse::close);
        });
        rig.awaitQuiet();
        rig.close();
    }

    private static String message(String model) {
        return Rig.SHORT.replace("claude-opus-4-8", model);
    }

    /** The name of the account that a call went up with. */
    private static String account(HandTransport.Exchange call) {
        return String.valueOf(call.request.headers().first("x-api-key")).replace("key-", "");
    }

    private HandTransport.Exchange asked(String model) throws Exception {
        open.add(rig.handle("POST", "/v1/messages", message(model)));
        return upstream.next();
    }

    /** Asks, has that account serve, and says which one it was. */
    private String served(String model) throws Exception {
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", message(model));
        HandTransport.Exchange call = upstream.next();
        call.json().push("{}").end();
        Taker.of(response, 1);
        return account(call);
    }

    /** The first account refuses, the second serves. */
    private void refusedByA(int status, String... headers) throws Exception {
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", message("claude-opus-4-8"));
        HandTransport.Exchange call = upstream.next();
        assertThat(account(call)).isEqualTo("a");
        call.answer(status, headers).end();
        upstream.next().json().push("{}").end();
        Taker.of(response, 1);
    }

    private void restsFor(Duration length) throws Exception {
        time.advance(length.minusMillis(1));
        assertThat(served("claude-opus-4-8")).isEqualTo("b");
        time.advance(Duration.ofMillis(1));
        assertThat(served("claude-opus-4-8")).isEqualTo("a");
    }

    private @Nullable Cooldown cooldown() {
        List<Cooldown> cooldowns =
                rig.gateway.status().accounts().get(0).state().cooldowns();
        return cooldowns.isEmpty() ? null : cooldowns.get(0);
    }

    @Test
    void retry_after_in_seconds_is_taken_at_its_word() throws Exception {
        refusedByA(429, "retry-after", "30");
        restsFor(Duration.ofSeconds(30));
    }

    @Test
    void retry_after_as_a_date_is_taken_at_its_word() throws Exception {
        time.advance(Duration.ofMillis(999));
        Instant until = time.now().plusSeconds(90);
        refusedByA(429, "retry-after", DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC)));
        restsFor(Duration.ofSeconds(90));
    }

    @Test
    void a_limit_that_is_used_up_rests_until_its_reset() throws Exception {
        time.advance(Duration.ofMillis(999));
        refusedByA(
                429,
                "anthropic-ratelimit-requests-remaining",
                "0",
                "anthropic-ratelimit-requests-reset",
                time.now().plusSeconds(40).toString());
        restsFor(Duration.ofSeconds(40));
    }

    @Test
    void a_window_of_a_subscription_rests_until_its_real_reset_whatever_retry_after_says() throws Exception {
        time.advance(Duration.ofMillis(999));
        long reset = time.now().plus(HOUR).getEpochSecond();
        refusedByA(
                429,
                "retry-after",
                "60",
                "anthropic-ratelimit-unified-status",
                "rejected",
                "anthropic-ratelimit-unified-5h-status",
                "rejected",
                "anthropic-ratelimit-unified-5h-reset",
                Long.toString(reset));
        Cooldown cooldown = cooldown();
        assertThat(cooldown).isNotNull();
        assertThat(cooldown.kind()).isEqualTo(Cooldown.Kind.WINDOW);
        assertThat(cooldown.modelClass()).as("the whole account").isNull();
        assertThat(served("claude-sonnet-4-5")).isEqualTo("b");
        restsFor(HOUR);
    }

    @Test
    void a_limit_of_one_model_class_leaves_the_others_alone() throws Exception {
        refusedByA(429, "retry-after", "30");
        assertThat(served("claude-sonnet-4-5")).isEqualTo("a");
        assertThat(served("claude-opus-4-8")).isEqualTo("b");
        CompletableFuture<GatewayResponse> count = rig.handle("POST", "/v1/messages/count_tokens", Rig.SHORT);
        HandTransport.Exchange call = upstream.next();
        assertThat(account(call)).isEqualTo("a");
        call.json().push("{}").end();
        Taker.of(count, 1);
        assertThat(served("claude-opus-4-8"))
                .as("a success of another class lifts nothing")
                .isEqualTo("b");
    }

    @Test
    void a_bare_429_and_an_overload_rest_for_a_moment_and_stay_the_last_resort() throws Exception {
        for (int status : new int[] {429, 529, 500}) {
            refusedByA(status);
            Cooldown cooldown = cooldown();
            assertThat(cooldown).as("status " + status).isNotNull();
            assertThat(cooldown.kind()).isEqualTo(Cooldown.Kind.BACKOFF);
            assertThat(Duration.between(time.now(), cooldown.until())).isLessThanOrEqualTo(Duration.ofMinutes(1));
            assertThat(served("claude-opus-4-8")).isEqualTo("b");
            rig.gateway.lift("id-a");
        }
        refusedByA(529, "retry-after", "7200");
        Cooldown cooldown = cooldown();
        assertThat(cooldown).isNotNull();
        assertThat(Duration.between(time.now(), cooldown.until())).isLessThanOrEqualTo(Duration.ofMinutes(1));
        time.advance(Duration.ofMinutes(1));
        assertThat(served("claude-opus-4-8")).isEqualTo("a");
    }

    @Test
    void an_account_that_backs_off_serves_when_it_is_the_only_one_left() throws Exception {
        refusedByA(529);
        rig.accounts.set(1, rig.accounts.get(1).toBuilder().paused(true).build());
        rig.gateway.reload().join();
        assertThat(served("claude-opus-4-8")).isEqualTo("a");
    }

    @Test
    void a_spend_cap_rests_for_an_hour_and_the_whole_account() throws Exception {
        refusedByA(402);
        Cooldown cooldown = cooldown();
        assertThat(cooldown).isNotNull();
        assertThat(cooldown.kind()).isEqualTo(Cooldown.Kind.SPEND_CAP);
        assertThat(served("claude-sonnet-4-5")).isEqualTo("b");
        restsFor(HOUR);
    }

    @Test
    void a_refused_credential_rests_longer_each_time() throws Exception {
        refusedByA(401);
        restsFor401(Duration.ofMinutes(5));
        restsFor401(Duration.ofMinutes(10));
    }

    private void restsFor401(Duration length) throws Exception {
        time.advance(length.minusMillis(1));
        assertThat(served("claude-sonnet-4-5")).isEqualTo("b");
        time.advance(Duration.ofMillis(1));
        refusedByA(401);
    }

    @Test
    void a_403_takes_away_the_class_that_it_was_about() throws Exception {
        refusedByA(403);
        assertThat(served("claude-opus-4-8")).isEqualTo("b");
        assertThat(served("claude-sonnet-4-5")).isEqualTo("a");
    }

    @Test
    void a_later_deadline_wins_over_an_earlier_one_and_not_the_other_way() throws Exception {
        HandTransport.Exchange first = asked("claude-opus-4-8");
        HandTransport.Exchange second = asked("claude-opus-4-8");
        HandTransport.Exchange third = asked("claude-opus-4-8");
        first.answer(429, "retry-after", "30").end();
        second.answer(429, "retry-after", "90").end();
        third.answer(429, "retry-after", "10").end();
        for (int i = 0; i < 3; i++) {
            upstream.next().drop();
        }
        Cooldown cooldown = cooldown();
        assertThat(cooldown).isNotNull();
        assertThat(cooldown.until()).isEqualTo(time.now().plusSeconds(90));
    }

    @Test
    void a_success_clears_only_what_was_refused_before_its_call_began() throws Exception {
        HandTransport.Exchange early = asked("claude-opus-4-8");
        time.advance(Duration.ofMillis(5));
        HandTransport.Exchange refused = asked("claude-opus-4-8");
        refused.answer(429, "retry-after", "30").end();
        upstream.next().drop();
        early.json().push("{}").end();
        assertThat(cooldown()).as("the call began before the refusal").isNotNull();

        rig.accounts.set(1, rig.accounts.get(1).toBuilder().paused(true).build());
        rig.gateway.reload().join();
        rig.gateway.lift("id-a");
        asked("claude-opus-4-8").answer(529).end();
        assertThat(cooldown()).isNotNull();
        time.advance(Duration.ofMillis(300));
        upstream.next().json().push("{}").end();
        assertThat(cooldown()).as("this one began after it").isNull();
    }

    @Test
    void accounts_of_one_quota_domain_rest_together() throws Exception {
        for (int i = 0; i < 2; i++) {
            rig.accounts.set(
                    i, rig.accounts.get(i).toBuilder().quotaDomain("org").build());
        }
        rig.gateway.reload().join();
        CompletableFuture<GatewayResponse> response = rig.handle("POST", "/v1/messages", Rig.SHORT);
        upstream.next().answer(429, "retry-after", "30").end();
        assertThat(response.get().status()).isEqualTo(429);
        assertThat(upstream.sent).as("the other one has the same limit").hasValue(1);
        CompletableFuture<GatewayResponse> capped = rig.handle("POST", "/v1/messages", message("claude-sonnet-4-5"));
        upstream.next().answer(401).end();
        HandTransport.Exchange other = upstream.next();
        assertThat(account(other)).as("a refused key is the account's alone").isEqualTo("b");
        other.json().push("{}").end();
        Taker.of(capped, 1);
    }

    @Test
    void another_credential_begins_anew_even_with_another_organisation() throws Exception {
        refusedByA(429, "retry-after", "30", "anthropic-organization-id", "org-1", "anthropic-workspace-id", "default");
        assertThat(served("claude-opus-4-8")).isEqualTo("b");
        Account a = rig.accounts.get(0);
        rig.accounts.set(
                0, a.toBuilder().credential(Credential.apiKey("key-a2")).build());
        rig.gateway.reload().join();
        assertThat(served("claude-opus-4-8")).isEqualTo("a2");
        assertThat(rig.gateway.status().accounts().get(0).state().windows()).isEmpty();
    }

    @Test
    void an_operator_can_lift_a_rest() throws Exception {
        refusedByA(401);
        assertThat(served("claude-opus-4-8")).isEqualTo("b");
        assertThat(rig.gateway.lift("id-a")).isTrue();
        assertThat(rig.gateway.lift("nobody")).isFalse();
        assertThat(served("claude-opus-4-8")).isEqualTo("a");
    }
}
