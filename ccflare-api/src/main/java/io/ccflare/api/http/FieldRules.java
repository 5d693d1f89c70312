package io.ccflare.api.http;

/** What may stand in a header line (RFC 9110 sections 5.5 and 5.6.2). */
final class FieldRules {

    private static final boolean[] IN_NAMES = new boolean[128];

    static {
        for (char c = '0'; c <= 'z'; c++) {
            IN_NAMES[c] = c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a';
        }
        "!#$%&'*+-.^_`|~".chars().forEach(c -> IN_NAMES[c] = true);
    }

    private FieldRules() {}

    static void checkName(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a header name must not be empty");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= IN_NAMES.length || !IN_NAMES[c]) {
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

    static boolean visibleAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }
}
