package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of ours. It ends when this is closed, and with the process that started it. */
final class Child implements AutoCloseable {

    private static final long GOODBYE_SECONDS = 15;

    private final String name;
    private final Process process;
    private final boolean endsWithInput;
    private final Thread killer;

    private Child(String name, Process process, boolean endsWithInput) {
        this.name = name;
        this.process = process;
        this.endsWithInput = endsWithInput;
        this.killer = new Thread(this::kill, "kill-" + name);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** @param endsWithInput whether the end of its standard input ends it */
    static Child start(String name, List<String> command, boolean endsWithInput) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new Child(name, process, endsWithInput);
    }

    String name() {
        return name;
    }

    Process process() {
        return process;
    }

    Use use() throws IOException {
        return Use.of(process.toHandle());
    }

    /** Lets it do nothing at all until {@link #resume()}. */
    void pause() throws IOException {
        signal("-STOP");
    }

    void resume() throws IOException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException {
        for (ProcessHandle each : all()) {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(each.pid())).start();
            try {
                if (kill.waitFor() != 0 && process.isAlive()) {
                    throw new IOException("kill " + signal + " " + each.pid() + " (" + name + ") failed");
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    private List<ProcessHandle> all() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    private void kill() {
        all().forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends it in peace, or by force when that takes too long. */
    @Override
    public void close() throws IOException {
        try {
            if (process.isAlive()) {
                resume();
            }
            process.getOutputStream().close();
            if (!endsWithInput) {
                process.destroy();
            }
            if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(name + " did not end within " + GOODBYE_SECONDS + " s and is killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            kill();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }
}
