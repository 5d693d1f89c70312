/** An imitation of the Anthropic API on loopback, with a catalogue of faults, for demos and tests. */
module io.ccflare.fake {
    requires static transitive org.jspecify;

    exports io.ccflare.fake;
}
