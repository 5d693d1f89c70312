package io.ccflare.examples;

import io.ccflare.adapter.javalin.JavalinGateway;
import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.core.Gateway;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.UnauthorizedResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A service that keeps notes, as it might stand in any company: routes and users of its own, and one route that asks Claude. What
 * the gateway adds is one line, {@code JavalinGateway.mount(config, "/v1", gateway)}: from then on its users' Claude clients work
 * with {@code ANTHROPIC_BASE_URL=http://its-address} and the tokens that they have for this service.
 */
public final class NotesService implements AutoCloseable {

    private final Map<String, String> usersByToken;
    private final ConcurrentMap<Long, Note> notes = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final Claude claude;
    private final Javalin javalin;

    private NotesService(GatewayHandler gateway, Map<String, String> usersByToken, int port) {
        this.usersByToken = Map.copyOf(usersByToken);
        this.claude = new Claude(gateway);
        this.javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.startupWatcherEnabled = false;
            config.jetty.host = "127.0.0.1";
            config.jetty.port = port;
            config.routes.before(this::authenticate);
            routes(config);
            JavalinGateway.mount(config, "/v1", gateway);
        });
    }

    /**
     * Starts the service on loopback.
     *
     * @param gateway stays the caller's to close; before this service, so that open streams end in peace
     * @param usersByToken who may use it, by their tokens
     * @param port 0 for a free one
     */
    public static NotesService start(GatewayHandler gateway, Map<String, String> usersByToken, int port) {
        NotesService service = new NotesService(gateway, usersByToken, port);
        service.javalin.start();
        return service;
    }

    /** Starts it over an imitation of the API, until it is interrupted. */
    public static void main(String[] args) {
        Console.quiet();
        Demo demo = Demo.start();
        Gateway gateway = Gateway.builder(demo::accounts).build();
        NotesService service = start(gateway, Map.of("annas-token", "anna", "bens-token", "ben"), 8081);
        Console.closeAtExit(gateway, service, demo);
        System.out.println("Notes on " + service.address() + ". Try:\n"
                + "  curl -X POST -H 'x-api-key: annas-token' -d 'Buy milk, eggs and bread' " + service.address()
                + "/notes\n"
                + "  curl -X POST -H 'x-api-key: annas-token' " + service.address() + "/notes/1/summary\n"
                + "  curl -H 'x-api-key: annas-token' " + service.address() + "/v1/models");
    }

    /** Every route, the gateway's too, is for users with a token; the gateway learns who asks. */
    private void authenticate(Context context) {
        String user = usersByToken.get(token(context));
        if (user == null) {
            throw new UnauthorizedResponse("unknown token; send yours as x-api-key or as Authorization: Bearer");
        }
        context.attribute(ServletMount.CALLER, user);
    }

    /** Claude clients send what they take for an API key in either header. */
    private static String token(Context context) {
        String key = context.header("x-api-key");
        String authorization = context.header("Authorization");
        if (key == null && authorization != null && authorization.startsWith("Bearer ")) {
            return authorization.substring("Bearer ".length());
        }
        return key == null ? "" : key;
    }

    private void routes(JavalinConfig config) {
        config.routes.post("/notes", context -> {
            long id = lastId.incrementAndGet();
            notes.put(id, new Note(user(context), context.body()));
            context.status(201).result(id + "\n");
        });
        config.routes.get("/notes", context -> {
            Map<Long, String> own = new TreeMap<>();
            notes.forEach((id, note) -> {
                if (note.owner().equals(user(context))) {
                    own.put(id, note.text());
                }
            });
            StringBuilder lines = new StringBuilder();
            own.forEach((id, text) -> lines.append(id).append(' ').append(text).append('\n'));
            context.result(lines.toString());
        });
        config.routes.post("/notes/{id}/summary", context -> {
            Note note = own(context);
            context.future(() -> claude.ask(user(context), "Summarise this note in one sentence:\n\n" + note.text())
                    .thenAccept(context::result)
                    .toCompletableFuture());
        });
        config.routes.exception(
                Claude.Unavailable.class, (e, context) -> context.status(502).result(e.getMessage() + "\n"));
    }

    private Note own(Context context) {
        long id = context.pathParamAsClass("id", Long.class).get();
        @Nullable Note note = notes.get(id);
        if (note == null || !note.owner().equals(user(context))) {
            throw new NotFoundResponse("you have no note " + id);
        }
        return note;
    }

    private static String user(Context context) {
        return String.valueOf(context.<String>attribute(ServletMount.CALLER));
    }

    /** Where it listens, without a slash at the end. */
    public String address() {
        return "http://127.0.0.1:" + javalin.port();
    }

    /** The port it listens on. */
    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }

    private record Note(String owner, String text) {}
}
