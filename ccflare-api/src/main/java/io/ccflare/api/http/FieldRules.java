package io.ccflare.api.http;

/** What may stand in a header line (RFC 9110 sections 5.5 and 5.6.2). */
final class FieldRules {

    private static final String SYMBOLS = "!#$%&'*+-.^_`|~";

    private FieldRules() {}

    static void checkName(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a header name must not be empty");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letterOrDigit && SYMBOLS.indexOf(c) < 0) {
                throw new IllegalArgumentException(
                        "a header name holds a character that is not allowed, at position " + (i + 1));
            }
        }
    }

    static void checkValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException("the value of header " + name + " holds CR, LF or NUL");
            }
        }
    }
}
