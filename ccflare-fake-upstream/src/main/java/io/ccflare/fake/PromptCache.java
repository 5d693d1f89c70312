package io.ccflare.fake;

import java.util.LinkedHashMap;
import java.util.Map;

/** The prompt cache of one organisation: which prefixes were seen, the oldest forgotten first. */
final class PromptCache {
    private static final int MAX_PREFIXES = 50_000;

    private final Map<Long, Boolean> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MAX_PREFIXES;
        }
    };

    /** Counts a prompt, reading what is cached of it and writing the rest; a small remainder is always fresh, as with the real API. */
    Usage count(Prompt prompt, long output, long thinking) {
        long total = prompt.tokens();
        long cacheable = Math.max(0, total - 1 - total % 4);
        long read = 0;
        for (int i = 0; i < prompt.fingerprints().size(); i++) {
            if (seen.put(prompt.fingerprints().get(i), true) != null) {
                read = Math.min(cacheable, prompt.tokens(i));
            }
        }
        long written = cacheable - read;
        boolean hour = prompt.isOneHour();
        return new Usage(total - cacheable, read, hour ? 0 : written, hour ? written : 0, output, thinking);
    }
}
