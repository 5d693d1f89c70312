package io.ccflare.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process of its own that may open so few files that it runs out of them. */
@Timeout(60)
class FewFilesTest {
    private static final Path BASH = Path.of("/bin/bash");
    private static final String EXHAUSTED = "Too many open files";
    private static final int MORE_THAN_IT_TAKES = 100;
    private static final String GET = "GET /v1/models HTTP/1.1\r\nHost: x\r\nx-api-key: sk-any\r\n";

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final CountDownLatch exhausted = new CountDownLatch(1);
    private final List<RawClient> clients = new ArrayList<>();
    private Process process;
    private Thread listener;
    private int port;

    @BeforeEach
    void start() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && Files.isExecutable(BASH), "needs bash on Linux");
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        String classPath = System.getProperty("java.class.path");
        process = new ProcessBuilder(
                        BASH.toString(),
                        "-c",
                        "ulimit -n 64; exec \"$@\"",
                        "bash",
                        java,
                        "-cp",
                        classPath,
                        FakeUpstreamMain.class.getName())
                .start();
        listener = new Thread(this::listen, "listener");
        listener.start();
        port = URI.create(process.inputReader(StandardCharsets.UTF_8).readLine())
                .getPort();
    }

    @AfterEach
    void stop() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
        if (process != null) {
            process.destroyForcibly().waitFor();
            listener.join();
        }
    }

    @Test
    void itServesAgainWhenConnectionsEndAfterItRanOutOfFiles() throws Exception {
        assertThat(answer(GET)).isEqualTo(200);
        runOutOfFiles();
        hangUp();
        assertThat(answer(GET)).isEqualTo(200);
        assertThat(errors.stream().filter(line -> line.contains(EXHAUSTED))).hasSizeLessThan(10);
    }

    @Test
    void aClassThatCannotBeLoadedEndsOneConnectionAndNoOther() throws Exception {
        assertThat(answer(GET)).isEqualTo(200);
        runOutOfFiles();
        RawClient first = clients.get(0);
        first.send(RawClient.post("/v1/messages", "sk-any", RawClient.STREAM));
        assertThat(first.rest().reset()).isTrue();
        RawClient second = clients.get(1);
        second.send(GET + "Connection: close\r\n\r\n");
        assertThat(second.rest().status()).isEqualTo(200);
        hangUp();
        assertThat(answer(GET)).isEqualTo(200);
        assertThat(errors).anyMatch(line -> line.contains("NoClassDefFoundError"));
    }

    private int answer(String head) throws IOException {
        try (RawClient client = new RawClient(port)) {
            client.send(head + "Connection: close\r\n\r\n");
            return client.rest().status();
        }
    }

    private void runOutOfFiles() throws Exception {
        for (int i = 0; i < MORE_THAN_IT_TAKES; i++) {
            clients.add(new RawClient(port));
        }
        assertThat(exhausted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private void hangUp() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    /** Also keeps the process from waiting for somebody who reads what it says. */
    private void listen() {
        try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                errors.add(line);
                if (line.contains(EXHAUSTED)) {
                    exhausted.countDown();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
