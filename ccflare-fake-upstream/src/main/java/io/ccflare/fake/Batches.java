package io.ccflare.fake;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code /v1/messages/batches}: a batch is done as soon as it is asked for, and exists for the account that made it alone. */
final class Batches {
    private record Batch(
            FakeAccount owner,
            String id,
            List<String> customIds,
            Instant createdAt,
            @Nullable Instant canceledAt) {
        String json(String status, String origin) {
            boolean ended = status.equals("ended");
            int running = ended ? 0 : customIds.size();
            int done = ended && canceledAt == null ? customIds.size() : 0;
            int canceled = ended && canceledAt != null ? customIds.size() : 0;
            return "{\"id\":\"" + id + "\",\"type\":\"message_batch\",\"processing_status\":\"" + status
                    + "\",\"request_counts\":{\"processing\":" + running + ",\"succeeded\":" + done
                    + ",\"errored\":0,\"canceled\":" + canceled + ",\"expired\":0},\"created_at\":\"" + createdAt
                    + "\",\"expires_at\":\"" + createdAt.plus(Duration.ofDays(1)) + "\",\"ended_at\":"
                    + (ended ? quoted(createdAt) : "null") + ",\"archived_at\":null,\"cancel_initiated_at\":"
                    + (canceledAt == null ? "null" : quoted(canceledAt)) + ",\"results_url\":"
                    + (ended ? quoted(origin + "/v1/messages/batches/" + id + "/results") : "null") + "}";
        }

        private static String quoted(Object value) {
            return Json.quote(value.toString());
        }
    }

    private final Ids ids;
    private final Map<String, Batch> batches = new LinkedHashMap<>();

    Batches(Ids ids) {
        this.ids = ids;
    }

    Reply reply(Exchange x, String method, String path) {
        String rest = path.substring("/v1/messages/batches".length());
        if (rest.isEmpty()) {
            return method.equals("POST") ? create(x) : list(x);
        }
        String[] steps = rest.substring(1).split("/", 2);
        Batch batch = batches.get(steps[0]);
        if (batch == null || batch.owner() != x.account()) {
            return Routes.notFound(x, "Batch not found: " + steps[0]);
        }
        String action = method + " " + (steps.length > 1 ? steps[1] : "");
        return switch (action) {
            case "GET " -> Reply.json(200, batch.json("ended", origin(x)));
            case "GET results" -> results(batch);
            case "POST cancel" -> cancel(x, batch);
            case "DELETE " -> {
                batches.remove(batch.id());
                yield Reply.json(200, "{\"id\":\"" + batch.id() + "\",\"type\":\"message_batch_deleted\"}");
            }
            default -> Routes.notFound(x, "Not found");
        };
    }

    private Reply create(Exchange x) {
        try {
            if (!(x.json().get("requests") instanceof List<?> requests) || requests.isEmpty()) {
                return x.bareError(400, "invalid_request_error", "requests: Field required");
            }
            List<String> customIds = new ArrayList<>();
            for (Object request : requests) {
                customIds.add(request instanceof Map<?, ?> r ? String.valueOf(r.get("custom_id")) : "");
            }
            Batch batch = new Batch(x.account(), ids.next("msgbatch_"), customIds, x.now(), null);
            batches.put(batch.id(), batch);
            return Reply.json(200, batch.json("in_progress", origin(x)));
        } catch (Json.Malformed e) {
            return x.bareError(400, "invalid_request_error", String.valueOf(e.getMessage()));
        }
    }

    private Reply list(Exchange x) {
        String data = batches.values().stream()
                .filter(batch -> batch.owner() == x.account())
                .map(batch -> batch.json("ended", origin(x)))
                .collect(Collectors.joining(","));
        return Reply.json(200, "{\"data\":[" + data + "],\"has_more\":false,\"first_id\":null,\"last_id\":null}");
    }

    private Reply cancel(Exchange x, Batch batch) {
        Batch canceled = new Batch(batch.owner(), batch.id(), batch.customIds(), batch.createdAt(), x.now());
        batches.put(batch.id(), canceled);
        return Reply.json(200, canceled.json("canceling", origin(x)));
    }

    private static Reply results(Batch batch) {
        List<Part> lines = batch.customIds().stream()
                .map(id -> "{\"custom_id\":" + Json.quote(id) + ",\"result\":{\"type\":\""
                        + (batch.canceledAt() == null ? "succeeded" : "canceled") + "\"}}\n")
                .map(line -> Part.at(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
        return new Reply(
                200,
                List.of(new HeaderField("Content-Type", "application/x-jsonl")),
                new Framing.Chunked(),
                false,
                lines);
    }

    /** The server as the request named it, since the real API gives absolute addresses too. */
    private static String origin(Exchange x) {
        String host = x.call().header("host");
        return "http://" + (host == null ? "127.0.0.1" : host);
    }
}
