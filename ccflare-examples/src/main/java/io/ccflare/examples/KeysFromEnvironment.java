package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.Credential;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The accounts of CLAUDE_API_KEYS. They live in the environment alone and are never written to the database: a key that is removed
 * there is gone with the next start. An account's id is a digest of its key, so after a restart the same key finds its cooldowns,
 * sessions and records again, and another key under the same name begins afresh.
 */
final class KeysFromEnvironment {

    private static final String EXAMPLE = "write CLAUDE_API_KEYS=work=sk-ant-...,private=sk-ant-...";

    private KeysFromEnvironment() {}

    /** Reads {@code key,name=key,...}; what is wrong is added to {@code problems}, with the place and never with a key. */
    static List<Account> read(String text, List<String> problems) {
        List<Account> accounts = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> ids = new HashSet<>();
        String[] entries = text.isEmpty() ? new String[0] : text.split(",", -1);
        for (int i = 0; i < entries.length; i++) {
            String where = "CLAUDE_API_KEYS, entry " + (i + 1) + ": ";
            int split = entries[i].indexOf('=');
            String key = entries[i].substring(split + 1).strip();
            if (!isKey(key)) {
                problems.add(where + "there is no key, or one with blanks or unusual characters; " + EXAMPLE);
                continue;
            }
            if (key.startsWith("sk-ant-oat")) {
                problems.add(
                        where + "this is the token of a sign-in, not an API key; make a key in the Anthropic console");
                continue;
            }
            String digest = digest(key);
            String name = split < 0
                    ? "key-" + digest.substring(0, 6)
                    : entries[i].substring(0, split).strip();
            if (!ids.add(digest)) {
                problems.add(where + "this key is there twice; remove one of them");
            } else if (!names.add(name)) {
                problems.add(where + "the name '" + name + "' is there twice; give each account its own");
            } else {
                add(accounts, problems, where, Account.builder("env-" + digest, name, Credential.apiKey(key)));
            }
        }
        return accounts;
    }

    private static void add(List<Account> accounts, List<String> problems, String where, Account.Builder account) {
        try {
            accounts.add(account.build());
        } catch (IllegalArgumentException e) {
            problems.add(where + e.getMessage() + "; " + EXAMPLE);
        }
    }

    private static boolean isKey(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static String digest(String key) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update("ccflare account".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(sha.digest(key.getBytes(StandardCharsets.US_ASCII)), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException if no account may have such an endpoint; the message says why */
    static URI endpoint(String url) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not an address; write one like https://api.anthropic.com or http://127.0.0.1:9000", e);
        }
        try {
            Account.builder("upstream", "upstream", Credential.apiKey("none"))
                    .endpoint(uri)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()).replace("account upstream: ", ""), e);
        }
        return uri;
    }
}
