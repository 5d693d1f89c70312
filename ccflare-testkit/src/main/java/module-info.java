/** Contracts in JUnit 5 for what a host implements, and time under a test's control. For the tests of a host, never for its main code. */
open module io.ccflare.testkit {
    requires transitive io.ccflare.api;
    requires java.net.http;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;
    requires static transitive org.jspecify;

    exports io.ccflare.testkit;
    exports io.ccflare.testkit.adapter;
    exports io.ccflare.testkit.transport;
}
