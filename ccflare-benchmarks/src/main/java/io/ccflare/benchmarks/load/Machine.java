package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Two cores of a Linux machine: one for the load and the upstream, one for what is under test. */
record Machine(int loadCore, int testCore) {

    private static final Map<String, String> PACKAGES =
            Map.of("taskset", "util-linux", "nginx", "nginx-light", "wrk", "wrk");
    /** A gateway has two for each stream. */
    private static final int FILES_PER_STREAM = 2;

    private static final int OTHER_FILES = 500;

    /** @throws IllegalStateException if something is missing; the message says what to do */
    static Machine of(Plan plan) throws IOException {
        List<String> missing = PACKAGES.keySet().stream()
                .filter(tool -> program(tool) == null)
                .map(PACKAGES::get)
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("this run needs Linux and programs that are not there: apt-get install "
                    + String.join(" ", missing));
        }
        List<Integer> cores = plan.numbers("cores");
        if (cores.size() != 2 || cores.stream().anyMatch(core -> !Files.isDirectory(cpu(core)))) {
            throw new IllegalStateException("--cores needs two cores of this machine, as in 0,1: " + cores);
        }
        long files = openFiles();
        long needed = (long) FILES_PER_STREAM * Math.max(plan.number("open"), plan.number("held")) + OTHER_FILES;
        if (files < needed) {
            throw new IllegalStateException("a process may open " + files + " files here and needs " + needed
                    + ": raise the limit (ulimit -n), or give --open and --held smaller numbers");
        }
        return new Machine(cores.get(0), cores.get(1));
    }

    /** Moves all threads of this process to the core of the load. */
    void moveHere() throws IOException {
        List<String> command = List.of(
                "taskset",
                "-apc",
                Integer.toString(loadCore),
                Long.toString(ProcessHandle.current().pid()));
        Process taskset = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (taskset.waitFor() != 0) {
                throw new IOException("this process cannot be pinned: " + String.join(" ", command) + " failed");
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    List<String> beside(List<String> command) {
        return on(loadCore, command);
    }

    List<String> underTest(List<String> command) {
        return on(testCore, command);
    }

    private static List<String> on(int core, List<String> command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return pinned;
    }

    private static Path cpu(int core) {
        return Path.of("/sys/devices/system/cpu/cpu" + core);
    }

    /** Where it is; Debian keeps some programs where users do not look. */
    static @Nullable Path program(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        return Stream.of(path.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private static long openFiles() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split("\\s+")[4])
                .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
                .findFirst()
                .orElse(0);
    }
}
