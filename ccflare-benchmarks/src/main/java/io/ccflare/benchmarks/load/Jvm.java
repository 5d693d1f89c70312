package io.ccflare.benchmarks.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How Java is started. */
final class Jvm {

    private Jvm() {}

    /** The JVM under test: heap and collector are fixed. */
    static List<String> command(Plan plan, String name) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(plan.text("java"), "bin", "java").toString(),
                "-Xms" + plan.text("heap"),
                "-Xmx" + plan.text("heap"),
                "-XX:+Use" + plan.text("collector") + "GC",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(plan.list("jvm"));
        if (!plan.text("profile").isEmpty()) {
            command.add("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
                    + Path.of(plan.text("profile"), name.replace(' ', '-') + ".jfr")
                            .toAbsolutePath());
        }
        return command;
    }

    /** The upstream's. */
    static List<String> upstream() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseSerialGC");
    }
}
