package io.ccflare.core.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes down what a scanner reports, one line each; raw pieces are joined. */
final class RecordedValues implements JsonSink {

    final List<String> lines = new ArrayList<>();
    private final Map<Integer, ByteArrayOutputStream> raws = new TreeMap<>();

    @Override
    public void string(int path, Utf8Text text) {
        lines.add(path + " string " + text + (text.truncated() ? "..." : ""));
    }

    @Override
    public void integer(int path, long value) {
        lines.add(path + " integer " + value);
    }

    @Override
    public void number(int path, Utf8Text text) {
        lines.add(path + " number " + text + (text.truncated() ? "..." : ""));
    }

    @Override
    public void bool(int path, boolean value) {
        lines.add(path + " bool " + value);
    }

    @Override
    public void nullValue(int path) {
        lines.add(path + " null");
    }

    @Override
    public void start(int path, boolean object) {
        lines.add(path + (object ? " {" : " ["));
    }

    @Override
    public void end(int path) {
        lines.add(path + " end");
    }

    @Override
    public void raw(int path, byte[] bytes, int from, int to) {
        raws.computeIfAbsent(path, p -> new ByteArrayOutputStream()).write(bytes, from, to - from);
    }

    @Override
    public void rawEnd(int path) {
        ByteArrayOutputStream raw = raws.remove(path);
        lines.add(path + " raw " + (raw == null ? "nothing" : raw.toString(UTF_8)));
    }

    /** Raw values that have begun and not ended, in bytes handed over so far. */
    Map<Integer, Integer> unfinishedRaws() {
        Map<Integer, Integer> sizes = new TreeMap<>();
        raws.forEach((path, bytes) -> sizes.put(path, bytes.size()));
        return sizes;
    }

    void forget() {
        lines.clear();
        raws.clear();
    }
}
