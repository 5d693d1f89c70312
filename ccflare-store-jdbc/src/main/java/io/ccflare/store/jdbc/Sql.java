package io.ccflare.store.jdbc;

import java.util.Collections;

/** Every statement of the store but its schema, in SQL that all databases understand; values only ever as parameters. */
final class Sql {

    private static final String REQUEST_COLUMNS =
            "id, started_at, method, path, route, provider, caller, session_digest, model,"
                    + " served_model, stream, outcome, status, account_id, account_name, input_fresh, input_cache_read,"
                    + " input_cache_write_5m, input_cache_write_1h, output_tokens, reasoning_tokens, web_searches, service_tier, speed,"
                    + " geography, cost_micro_usd, price_id, partial, stop_reason, error_type, error_detail, headers_us, first_byte_us,"
                    + " total_us, request_bytes, response_bytes, skipped";
    private static final String ATTEMPT_COLUMNS =
            "request_id, number, account_id, account_name, reason, outcome, status,"
                    + " started_after_us, duration_us, error_type, detail, upstream_request_id";

    private final String prefix;

    Sql(String prefix) {
        this.prefix = prefix;
    }

    String table(String name) {
        return prefix + name;
    }

    String createVersions() {
        return "create table if not exists " + table("schema_version")
                + " (version integer not null primary key, name varchar(100) not null, applied_at bigint not null)";
    }

    String selectVersions() {
        return "select version from " + table("schema_version") + " order by version";
    }

    String insertVersion() {
        return "insert into " + table("schema_version") + " (version, name, applied_at) values (?, ?, ?)";
    }

    String selectMeta() {
        return "select content from " + table("meta") + " where name = ?";
    }

    String insertMeta() {
        return "insert into " + table("meta") + " (name, content) values (?, ?)";
    }

    String selectSecrets() {
        return "select id, secret, refresh_secret from " + table("account");
    }

    String updateSecrets() {
        return "update " + table("account") + " set secret = ?, refresh_secret = ? where id = ?";
    }

    String selectAccounts() {
        return "select * from " + table("account") + " order by position, id";
    }

    String selectAccount() {
        return "select * from " + table("account") + " where id = ?";
    }

    String countAccounts() {
        return "select count(*) as n from " + table("account") + " where id = ? or name = ?";
    }

    String countOthersNamed() {
        return "select count(*) as n from " + table("account") + " where name = ? and id <> ?";
    }

    String nextPosition() {
        return "select coalesce(max(position), 0) + 1 as n from " + table("account");
    }

    String insertAccount() {
        return "insert into " + table("account")
                + " (id, name, provider, position, priority, endpoint, paused, quota_domain,"
                + " max_in_flight, kind, secret, refresh_secret, expires_at, revision) values (" + marks(14) + ")";
    }

    String renameAccount() {
        return "update " + table("account") + " set name = ? where id = ?";
    }

    String pauseAccount() {
        return "update " + table("account") + " set paused = ? where id = ?";
    }

    String deleteAccount() {
        return "delete from " + table("account") + " where id = ?";
    }

    String claimRefresh() {
        return "update " + table("account") + " set claimed_until = ?"
                + " where id = ? and revision = ? and (claimed_until is null or claimed_until <= ?)";
    }

    String replaceCredential() {
        return "update " + table("account")
                + " set kind = ?, secret = ?, refresh_secret = ?, expires_at = ?, revision = ?,"
                + " claimed_until = null where id = ? and revision = ?";
    }

    /** Those that one set no earlier and ending no earlier makes needless. */
    String deleteCoveredCooldowns() {
        return "delete from " + table("cooldown")
                + " where domain = ? and model_class = ? and since <= ? and ends_at <= ?";
    }

    /** Unless one covers it, or a success of a call that began later cleared it. */
    String insertCooldown() {
        return "insert into " + table("cooldown") + " (domain, model_class, since, ends_at, kind, detail, saved_at)"
                + " select ?, ?, ?, ?, ?, ?, ? where not exists (select 1 from " + table("cooldown")
                + " where domain = ? and model_class = ? and since >= ? and ends_at >= ?) and not exists (select 1 from "
                + table("clearing") + " where domain = ? and (? = '' or model_class = ?) and cleared_at > ?)";
    }

    String deleteClearedCooldowns() {
        return "delete from " + table("cooldown") + " where domain = ? and model_class in ('', ?) and since < ?";
    }

    String updateClearing() {
        return "update " + table("clearing") + " set cleared_at = ?, saved_at = ?"
                + " where domain = ? and model_class = ? and cleared_at < ?";
    }

    String insertClearing() {
        return "insert into " + table("clearing") + " (domain, model_class, cleared_at, saved_at) select ?, ?, ?, ?"
                + " where not exists (select 1 from " + table("clearing") + " where domain = ? and model_class = ?)";
    }

    /** Two reports of one instant are told apart by what they say, so that their order does not matter. */
    String updateWindow() {
        return "update " + table("usage_window")
                + " set told_at = ?, utilization = ?, status = ?, reset_at = ?, size_limit = ?,"
                + " remaining = ?, observed_at = ?, saved_at = ? where account_id = ? and name = ? and model_class = ? and"
                + " (told_at, coalesce(utilization, -1), coalesce(remaining, -1)) < (?, ?, ?)";
    }

    String insertWindow() {
        return "insert into " + table("usage_window")
                + " (told_at, utilization, status, reset_at, size_limit, remaining,"
                + " observed_at, saved_at, account_id, name, model_class) select " + marks(11)
                + " where not exists (select 1 from " + table("usage_window")
                + " where account_id = ? and name = ? and model_class = ?)";
    }

    String updateSession() {
        return "update " + table("session_window")
                + " set opened_at = ?, saved_at = ? where account_id = ? and opened_at < ?";
    }

    String insertSession() {
        return "insert into " + table("session_window") + " (account_id, opened_at, saved_at) select ?, ?, ?"
                + " where not exists (select 1 from " + table("session_window") + " where account_id = ?)";
    }

    /** Of two at one instant that to the greater id stays, and any binding stays against none. */
    String updateBinding() {
        return "update " + table("binding") + " set account_id = ?, bound_at = ?, saved_at = ?"
                + " where session_digest = ? and (bound_at, account_id) < (?, ?)";
    }

    String insertBinding() {
        return "insert into " + table("binding") + " (session_digest, account_id, bound_at, saved_at) select ?, ?, ?, ?"
                + " where not exists (select 1 from " + table("binding") + " where session_digest = ?)";
    }

    /** @param table one of those of the shared state */
    String selectSaved(String table) {
        return "select * from " + table(table) + " where saved_at >= ?";
    }

    /** @param table one of those of the shared state */
    String deleteBefore(String table, String column) {
        return "delete from " + table(table) + " where " + column + " < ?";
    }

    String insertRequest() {
        return "insert into " + table("request") + " (" + REQUEST_COLUMNS + ") values (" + marks(37) + ")";
    }

    String insertAttempt() {
        return "insert into " + table("attempt") + " (" + ATTEMPT_COLUMNS + ") values (" + marks(12) + ")";
    }

    String deleteRequest() {
        return "delete from " + table("request") + " where id = ?";
    }

    String deleteAttempts() {
        return "delete from " + table("attempt") + " where request_id = ?";
    }

    String selectRecentRequests() {
        return "select * from " + table("request") + " order by started_at desc, id desc limit ?";
    }

    String selectRequest() {
        return "select * from " + table("request") + " where id = ?";
    }

    String selectOldRequests() {
        return "select id from " + table("request") + " where started_at < ? order by started_at limit ?";
    }

    String selectAttempts() {
        return "select * from " + table("attempt") + " where request_id = ? order by number";
    }

    String countRequests() {
        return "select count(*) as n from " + table("request");
    }

    private static String marks(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }
}
