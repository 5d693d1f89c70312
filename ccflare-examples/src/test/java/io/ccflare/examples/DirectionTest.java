package io.ccflare.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.ccflare.core.GatewaySettings;
import io.ccflare.core.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom, over all modules. */
class DirectionTest {

    private static final int LONGEST_FILE = 400;

    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ccflare");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.ccflare.api",
                "io.ccflare.core",
                "io.ccflare.fake",
                "io.ccflare.testkit",
                "io.ccflare.store.jdbc",
                "io.ccflare.adapter.servlet",
                "io.ccflare.adapter.javalin",
                "io.ccflare.adapter.vertx",
                "io.ccflare.httpclient"
            })
    void everyModuleIsLookedAt(String root) {
        assertThat(ALL.containPackage(root)
                        || ALL.stream().anyMatch(c -> c.getPackageName().startsWith(root + ".")))
                .isTrue();
    }

    @Test
    void theContractsKnowTheJdkAlone() {
        knowsOnly("io.ccflare.api..");
    }

    @Test
    void theEngineKnowsTheContractsAndTheJdk() {
        knowsOnly("io.ccflare.core..", "io.ccflare.api..");
    }

    @Test
    void theImitatedUpstreamKnowsTheJdkAlone() {
        knowsOnly("io.ccflare.fake..");
    }

    @Test
    void theTestKitKnowsTheContractsAndTheTestLibraries() {
        knowsOnly(
                "io.ccflare.testkit..", "io.ccflare.api..", "org.junit.jupiter..", "org.assertj..", "org.opentest4j..");
    }

    @Test
    void theStoreKnowsTheContracts() {
        knowsOnly("io.ccflare.store..", "io.ccflare.api..");
    }

    @Test
    void theServletAdapterKnowsTheContractsAndItsContainers() {
        knowsOnly(
                "io.ccflare.adapter.servlet..",
                "io.ccflare.api..",
                "jakarta.servlet..",
                "org.eclipse.jetty..",
                "io.undertow..",
                "org.xnio..");
    }

    @Test
    void theJavalinAdapterStandsOnTheServletOne() {
        knowsOnly(
                "io.ccflare.adapter.javalin..",
                "io.ccflare.adapter.servlet..",
                "io.ccflare.api..",
                "io.javalin..",
                "jakarta.servlet..",
                "org.eclipse.jetty..",
                "kotlin..");
    }

    @Test
    void theVertxAdapterKnowsTheContractsAndVertx() {
        knowsOnly("io.ccflare.adapter.vertx..", "io.ccflare.api..", "io.vertx..", "io.netty..");
    }

    @Test
    void theClientKnowsTheContractsAndTheJdk() {
        knowsOnly("io.ccflare.httpclient..", "io.ccflare.api..");
    }

    /** @param packages the module's own first, then those it may know beside the JDK */
    private static void knowsOnly(String... packages) {
        String[] allowed = Stream.concat(
                        Stream.of(packages),
                        Stream.of("java..", "javax.sql..", "javax.crypto..", "javax.net.ssl..", "org.jspecify.."))
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(packages[0])
                .should()
                .onlyDependOnClassesThat(describe(
                        "reside in " + List.of(allowed),
                        target -> Stream.of(allowed)
                                .anyMatch(it -> resideInAPackage(it).test(target.getBaseComponentType())
                                        || target.getBaseComponentType().isPrimitive())))
                .check(ALL);
    }

    @Test
    void nobodyKnowsTheExamples() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ccflare.examples..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ccflare.examples..")
                .check(ALL);
    }

    @Test
    void thePackagesOfTheContractsFormNoCycle() {
        slices().matching("io.ccflare.(**)")
                .should()
                .beFreeOfCycles()
                .check(ALL.that(resideInAPackage("io.ccflare.api..")));
    }

    /**
     * The engine's root begins calls, and calls read the settings, which live in the root because hosts import them. Nothing else
     * turns back.
     */
    @Test
    void thePackagesOfTheEngineFormNoCycle() {
        slices().matching("io.ccflare.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        resideInAPackage("io.ccflare.core.call"),
                        describe(
                                "the settings",
                                target -> Stream.of(GatewaySettings.class, Timeouts.class)
                                        .anyMatch(target::isEquivalentTo)))
                .check(ALL.that(resideInAPackage("io.ccflare.core..")));
    }

    @Test
    void theEngineTakesTimeFromItsSourceAlone() {
        never(
                Set.of("io.ccflare.core.SystemTime"),
                "ask the system for the time, or sleep",
                access -> calls(access, "java.lang.System", "currentTimeMillis", "nanoTime")
                        || calls(access, "java.lang.Thread", "sleep")
                        || access.getTargetOwner().getName().startsWith("java.time.")
                                && access.getName().equals("now"));
    }

    @Test
    void theEngineTakesChanceFromItsSourcesAlone() {
        never(
                Set.of("io.ccflare.core.RequestIds", "io.ccflare.core.GatewayBuilder"),
                "make random numbers of its own",
                access -> calls(access, "java.util.UUID", "randomUUID")
                        || calls(access, "java.lang.Math", "random")
                        || calls(access, "java.util.concurrent.ThreadLocalRandom", "current")
                        || access.getName().equals("<init>")
                                && access.getTargetOwner().isAssignableTo(java.util.random.RandomGenerator.class));
    }

    private static boolean calls(JavaAccess<?> access, String owner, String... names) {
        return access.getTargetOwner().getName().equals(owner) && List.of(names).contains(access.getName());
    }

    private static void never(Set<String> except, String what, java.util.function.Predicate<JavaAccess<?>> forbidden) {
        DescribedPredicate<JavaClass> others =
                describe("other than " + except, origin -> !except.contains(origin.getName()));
        DescribedPredicate<JavaAccess<?>> access = describe(what, forbidden);
        noClasses()
                .that()
                .resideInAPackage("io.ccflare.core..")
                .and(others)
                .should()
                .accessTargetWhere(access)
                .check(ALL);
    }

    @Test
    void aNameSaysWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helpers?|Utils?|Utilities|Impl)(\\$.*)?")
                .check(ALL);
    }

    @Test
    void noFileGrowsBeyondWhatCanBeReadAtOnce() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            List<Path> tooLong = files.filter(DirectionTest::isSource)
                    .filter(file -> lines(file) > LONGEST_FILE)
                    .toList();
            assertThat(tooLong).isEmpty();
        }
    }

    private static boolean isSource(Path file) {
        return file.toString().endsWith(".java")
                && file.toString().contains("/src/main/".replace('/', java.io.File.separatorChar));
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
