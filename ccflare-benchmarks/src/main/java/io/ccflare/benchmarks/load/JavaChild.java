package io.ccflare.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A main class of ours in a process of its own, which prints its address first and then answers commands on its standard input. */
final class JavaChild implements AutoCloseable {

    private final Child child;
    private final BufferedReader said;
    private final URI uri;

    private JavaChild(Child child) throws IOException {
        this.child = child;
        this.said = child.process().inputReader(StandardCharsets.UTF_8);
        this.uri = URI.create(address());
    }

    /** @param pinnedJava the command up to and with the JVM's own arguments */
    static JavaChild start(String name, List<String> pinnedJava, Class<?> main, String... args) throws IOException {
        List<String> command = new ArrayList<>(pinnedJava);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(args));
        Child child = Child.start(name, command, true);
        try {
            return new JavaChild(child);
        } catch (IOException | RuntimeException e) {
            child.close();
            throw e;
        }
    }

    URI uri() {
        return uri;
    }

    Child child() {
        return child;
    }

    /** Sends a command and returns the lines of its answer. */
    List<String> ask(String command) throws IOException {
        child.process()
                .outputWriter(StandardCharsets.UTF_8)
                .append(command)
                .append('\n')
                .flush();
        List<String> answer = new ArrayList<>();
        for (String line = line(); !line.equals("."); line = line()) {
            answer.add(line);
        }
        return answer;
    }

    /** Asks for numbers by name. */
    Map<String, Long> numbers(String command) throws IOException {
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
            throw new IOException(child.name() + " has ended; what it wrote on standard error says why");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        child.close();
    }
}
