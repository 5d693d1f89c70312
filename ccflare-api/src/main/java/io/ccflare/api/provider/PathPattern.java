package io.ccflare.api.provider;

/** Matches raw paths segment by segment, without decoding and without allocating. */
final class PathPattern {

    private PathPattern() {}

    static boolean matches(String pattern, String path) {
        int at = 0;
        int in = 0;
        while (true) {
            if (pattern.startsWith("/**", at) && at + 3 == pattern.length()) {
                return noDotSegments(path, in);
            }
            if (at == pattern.length() || in == path.length()) {
                return at == pattern.length() && in == path.length();
            }
            int patternEnd = segmentEnd(pattern, at);
            int pathEnd = segmentEnd(path, in);
            if (!segmentMatches(pattern, at, patternEnd, path, in, pathEnd)) {
                return false;
            }
            at = patternEnd;
            in = pathEnd;
        }
    }

    private static boolean segmentMatches(String pattern, int at, int patternEnd, String path, int in, int pathEnd) {
        if (patternEnd - at == 3 && pattern.startsWith("/{}", at)) {
            return pathEnd - in > 1 && !dotSegment(path, in, pathEnd);
        }
        return patternEnd - at == pathEnd - in && pattern.regionMatches(at, path, in, pathEnd - in);
    }

    private static boolean noDotSegments(String path, int from) {
        int in = from;
        while (in < path.length()) {
            int end = segmentEnd(path, in);
            if (dotSegment(path, in, end)) {
                return false;
            }
            in = end;
        }
        return true;
    }

    /** "." and "..", also percent-encoded: an upstream might decode them. */
    private static boolean dotSegment(String path, int from, int to) {
        int in = from + 1;
        int dots = 0;
        while (in < to) {
            if (path.charAt(in) == '.') {
                in++;
            } else if (path.regionMatches(true, in, "%2e", 0, 3)) {
                in += 3;
            } else {
                return false;
            }
            dots++;
        }
        return dots == 1 || dots == 2;
    }

    private static int segmentEnd(String text, int from) {
        int end = text.indexOf('/', from + 1);
        return end < 0 ? text.length() : end;
    }
}
