package io.ccflare.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process and those that it started use, as Linux tells it.
 *
 * @param cpuNanos processor time so far, in user and kernel mode; in steps of 10 ms
 * @param residentBytes memory that is resident
 * @param threads how many it has
 */
record Use(long cpuNanos, long residentBytes, long threads) {

    /** The kernel's USER_HZ, which is 100 on every Linux that has nginx-light. */
    private static final long TICK_NANOS = 10_000_000;

    /** Fields of {@code stat} after the name, which may hold anything but is in brackets. */
    private static final int USER_TICKS = 11;

    private static final int KERNEL_TICKS = 12;

    static Use of(ProcessHandle process) throws IOException {
        Use sum = new Use(0, 0, 0);
        for (ProcessHandle each :
                Stream.concat(Stream.of(process), process.descendants()).toList()) {
            sum = sum.plus(one(Path.of("/proc", Long.toString(each.pid()))));
        }
        return sum;
    }

    private Use plus(Use other) {
        return new Use(cpuNanos + other.cpuNanos, residentBytes + other.residentBytes, threads + other.threads);
    }

    private static Use one(Path folder) throws IOException {
        String stat = Files.readString(folder.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[KERNEL_TICKS]);
        long resident = 0;
        long threads = 0;
        for (String line : Files.readAllLines(folder.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                resident = number(line) << 10;
            } else if (line.startsWith("Threads:")) {
                threads = number(line);
            }
        }
        return new Use(ticks * TICK_NANOS, resident, threads);
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
