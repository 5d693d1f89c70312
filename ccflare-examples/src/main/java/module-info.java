/** Small hosts that can be run. */
module io.ccflare.examples {
    requires com.anthropic.core;
    requires com.fasterxml.jackson.databind;
    requires com.h2database;
    requires io.ccflare.adapter.javalin;
    requires io.ccflare.adapter.servlet;
    requires io.ccflare.adapter.vertx;
    requires io.ccflare.core;
    requires io.ccflare.fake;
    requires io.ccflare.httpclient;
    requires io.ccflare.store.jdbc;
    requires io.javalin;
    requires io.vertx.core;
    requires io.vertx.web;
    requires java.logging;
    requires java.net.http;
    requires java.sql;
    requires static org.jspecify;

    exports io.ccflare.examples;
}
