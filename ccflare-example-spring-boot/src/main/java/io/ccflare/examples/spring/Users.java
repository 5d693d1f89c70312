package io.ccflare.examples.spring;

import java.util.Map;

/** Who may use the service, by their tokens. */
record Users(Map<String, String> byToken) {}
