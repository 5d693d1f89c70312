package io.ccflare.examples;

import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/** What the proxy says when it has started. */
record Greeting(ProxySettings settings, int port, List<String> accounts, boolean demo) {

    private static final String BODY =
            "{\"model\":\"claude-haiku-4-5\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    void print(PrintStream out) {
        String url = "http://" + host() + ":" + port;
        out.println("ccflare is listening on " + url + " (Ctrl-C ends it)");
        if (!settings.host().isLoopbackAddress()) {
            warnOfOpenRelay(out);
        }
        if (demo) {
            out.println();
            out.println(
                    "THIS IS A DEMO: there is no account yet, so an imitation of the Claude API answers, in this process,");
            out.println("with three accounts of which '" + accounts.get(0)
                    + "' is rate-limited. No request leaves this machine.");
        }
        out.println();
        out.println("  strategy   " + settings.strategy()
                + (settings.strategy() == ProxySettings.Strategy.SESSION
                        ? ", an account's session lasts " + span()
                        : ""));
        out.println("  accounts   " + String.join(", ", accounts));
        out.println("  database   " + settings.database().normalize() + database());
        out.println();
        out.println("Try it:");
        out.println("  curl -i " + url + "/v1/messages -H 'content-type: application/json'"
                + " -H 'anthropic-version: 2023-06-01' \\\n    -d '" + BODY + "'");
        out.println("The header ccflare-account says which account answered, ccflare-attempts how many were asked.");
        out.println();
        out.println("Lead your clients here (they want a key; any will do, it is never sent on):");
        out.println("  export ANTHROPIC_BASE_URL=" + url + " ANTHROPIC_API_KEY=any");
        if (demo) {
            out.println();
            out.println("For real answers, stop it, give it your keys and start it again:");
            out.println("  export CLAUDE_API_KEYS=work=sk-ant-...,private=sk-ant-...");
        }
        out.flush();
    }

    private void warnOfOpenRelay(PrintStream out) {
        out.println();
        out.println(
                "!! WARNING: HOST is " + settings.host().getHostAddress() + ", and this proxy authenticates nobody.");
        out.println("!! Whoever reaches this port can spend your accounts. Keep it behind a firewall or a proxy that");
        out.println("!! authenticates, or leave HOST unset to serve this machine alone.");
    }

    private String host() {
        InetAddress host = settings.host();
        if (host.isAnyLocalAddress()) {
            return "127.0.0.1";
        }
        return host instanceof Inet6Address ? "[" + host.getHostAddress() + "]" : host.getHostAddress();
    }

    /** 5h, 1m30s and so on. */
    private String span() {
        return settings.sessionDuration().toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    private String database() {
        if (demo) {
            return " (no account in it; the demo writes nothing there)";
        }
        return settings.keys().isEmpty() ? "" : " (keys from CLAUDE_API_KEYS are not written there)";
    }
}
