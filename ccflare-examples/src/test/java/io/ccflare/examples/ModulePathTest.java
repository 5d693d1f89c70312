package io.ccflare.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mains as their users start them: in a process of its own each, from the module path. */
class ModulePathTest {

    private static final String PACKAGE = "io.ccflare.examples/io.ccflare.examples.";

    @TempDir
    Path folder;

    private ProcessBuilder proxy(Map<String, String> variables) {
        return process(variables, "StandaloneProxy");
    }

    private ProcessBuilder process(Map<String, String> variables, String main, String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(
                java,
                "-Xmx128m",
                "--enable-native-access="
                        + (Runtime.version().feature() > 17 ? "org.xerial.sqlitejdbc" : "ALL-UNNAMED"),
                "-p",
                modulePath(),
                "-m",
                PACKAGE + main);
        builder.command().addAll(List.of(arguments));
        builder.directory(folder.toFile());
        builder.redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("CCFLARE_") || name.equals("CLAUDE_API_KEYS"));
        builder.environment().putAll(variables);
        return builder;
    }

    /** The class path of the tests without what only they need. */
    private static String modulePath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        !entry.contains("test-classes") && !entry.contains("testkit") && new File(entry).exists())
                .filter(entry -> !entry.matches(
                        ".*(junit|surefire|assertj|byte-buddy|anthropic-java-client|anthropic-java-3|okhttp|okio"
                                + "|archunit|opentest4j|apiguardian|tomcat|undertow|xnio|jboss|wildfly|smallrye"
                                + "|spring|micrometer|snakeyaml|commons-logging).*"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void it_starts_serves_and_ends_with_nothing_to_be_alarmed_about() throws Exception {
        Process process = proxy(Map.of("PORT", "0")).start();
        try (BufferedReader lines = process.inputReader()) {
            StringBuilder printed = new StringBuilder();
            String line = lines.readLine();
            while (line != null && !line.contains("CLAUDE_API_KEYS=")) {
                printed.append(line).append('\n');
                line = lines.readLine();
            }
            assertThat(printed.toString())
                    .startsWith("ccflare is listening on http://127.0.0.1:")
                    .contains("THIS IS A DEMO")
                    .doesNotContainIgnoringCase("exception", "warning", "SLF4J", "jetty");
            int port = Integer.parseInt(printed.toString().replaceAll("(?s).*?127\\.0\\.0\\.1:(\\d+).*", "$1"));
            RawHttp.Response answer = RawHttp.exchange(port, RawHttp.message(true));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.end()).isEqualTo(RawHttp.End.WHOLE);

            // Unlike Process.destroy, this leaves its output to be read.
            process.toHandle().destroy();
            assertThat(process.waitFor(40, TimeUnit.SECONDS))
                    .as("it ends when asked to")
                    .isTrue();
            assertThat(lines.lines()).as("what it says while it ends").isEmpty();
            assertThat(folder.resolve("data").resolve("ccflare.db")).exists();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void it_does_not_start_with_a_bad_configuration_and_says_why_without_a_trace() throws Exception {
        Process process = proxy(Map.of("PORT", "http", "LB_STRATEGY", "fair")).start();
        try (BufferedReader lines = process.inputReader()) {
            assertThat(lines.lines().toList())
                    .containsExactly(
                            "the configuration of the proxy cannot be used, 2 problems:",
                            " - PORT must be a number from 0 (any free port) to 65535, not http",
                            " - LB_STRATEGY must be session or least-loaded, not fair");
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void the_service_on_vertx_starts_serves_and_ends() throws Exception {
        Process process = process(Map.of(), "VertxService", "0").start();
        try (BufferedReader lines = process.inputReader()) {
            StringBuilder printed = new StringBuilder();
            String line = lines.readLine();
            while (line != null && !line.contains("/v1/models")) {
                printed.append(line).append('\n');
                line = lines.readLine();
            }
            assertThat(printed.toString())
                    .startsWith("A service on Vert.x at http://127.0.0.1:")
                    .doesNotContainIgnoringCase("exception", "warning", "SLF4J");
            int port = Integer.parseInt(printed.toString().replaceAll("(?s).*?127\\.0\\.0\\.1:(\\d+).*", "$1"));
            RawHttp.Response answer = RawHttp.exchange(port, RawHttp.message(true));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.end()).isEqualTo(RawHttp.End.WHOLE);
            process.toHandle().destroy();
            assertThat(process.waitFor(40, TimeUnit.SECONDS))
                    .as("it ends when asked to")
                    .isTrue();
            assertThat(lines.lines()).as("what it says while it ends").isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void the_sdk_asks_through_a_gateway_in_its_own_process_and_the_process_ends() throws Exception {
        Process process = process(Map.of(), "InProcess", "hello").start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String printed = lines.lines().collect(Collectors.joining("\n"));
            assertThat(printed).contains("Zürich", "東京").doesNotContainIgnoringCase("exception", "warning", "SLF4J");
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
