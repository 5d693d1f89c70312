package io.ccflare.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java process of ours that prints its address first. It ends when this is closed, and with the process that started it. */
final class Child implements AutoCloseable {

    private static final long GOODBYE_SECONDS = 5;

    private final String name;
    private final Process process;
    private final BufferedReader said;
    private final Thread killer;
    private final URI uri;

    private Child(String name, Process process) throws IOException {
        this.name = name;
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
        this.killer = new Thread(process::destroyForcibly, "kill-" + name);
        Runtime.getRuntime().addShutdownHook(killer);
        this.uri = URI.create(address());
    }

    /** Starts a main class on this process's JDK and class path. */
    static Child start(Class<?> main, List<String> jvmArgs, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new Child(main.getSimpleName(), process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    URI uri() {
        return uri;
    }

    long pid() {
        return process.pid();
    }

    /** Sends a command and returns the lines of its answer. */
    List<String> ask(String command) {
        try {
            process.outputWriter(StandardCharsets.UTF_8)
                    .append(command)
                    .append('\n')
                    .flush();
            List<String> answer = new ArrayList<>();
            for (String line = line(); !line.equals("."); line = line()) {
                answer.add(line);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be asked for " + command, e);
        }
    }

    /** Asks for numbers by name. */
    Map<String, Long> numbers(String command) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (String line : ask(command)) {
            String[] parts = line.split("=", 2);
            numbers.put(parts[0], Long.parseLong(parts[1]));
        }
        return numbers;
    }

    /** The JVM may say something of its own before. */
    private String address() throws IOException {
        String line = line();
        while (!line.startsWith("http://")) {
            System.err.println(line);
            line = line();
        }
        return line;
    }

    private String line() throws IOException {
        String line = said.readLine();
        if (line == null) {
            throw new IOException(name + " has ended; what it wrote on standard error says why");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
