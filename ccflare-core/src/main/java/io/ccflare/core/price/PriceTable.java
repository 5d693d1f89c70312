package io.ccflare.core.price;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccflare.api.record.Cost;
import io.ccflare.api.record.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prices by model and day. Immutable and thread-safe.
 *
 * <p>Models are found by their exact id, in which only a leading {@code anthropic/} and a trailing date ({@code -20260922}) are set aside:
 * {@code claude-opus-5-5} is never priced as {@code claude-opus-5}. What is not in the table is unpriced, which is not the same as free.
 *
 * <p>Not covered, since usage does not tell it: the running time of code execution.
 *
 * @since 1.0
 */
public final class PriceTable {

    private static final String BUNDLED = "prices.csv";
    private static final String MAKER = "anthropic/";
    private static final Pattern DATE = Pattern.compile("-\\d{8}$");

    private final Map<String, NavigableMap<LocalDate, Price>> prices;

    private PriceTable(Map<String, NavigableMap<LocalDate, Price>> prices) {
        this.prices = prices;
    }

    /** The list prices of Anthropic's API that came with this version; read once. */
    public static PriceTable bundled() {
        return Bundled.TABLE;
    }

    /** A table without any price. */
    public static PriceTable empty() {
        return new PriceTable(Map.of());
    }

    /**
     * This table with one more price, in place of the one for the same model and day if there is one.
     *
     * @param model the model's id; a prefix and a date are set aside as they are in {@link #cost}
     * @param from the first day, in UTC, on which it holds; it ends where the next one begins
     * @throws IllegalArgumentException if the id is blank
     */
    public PriceTable with(String model, LocalDate from, Price price) {
        if (model.isBlank()) {
            throw new IllegalArgumentException("a price needs the id of a model, for example claude-opus-5-5");
        }
        Map<String, NavigableMap<LocalDate, Price>> changed = new HashMap<>(prices);
        NavigableMap<LocalDate, Price> dated = new TreeMap<>(prices.getOrDefault(bareId(model), new TreeMap<>()));
        dated.put(from, price);
        changed.put(bareId(model), dated);
        return new PriceTable(changed);
    }

    /**
     * What a response cost.
     *
     * @param model the model that answered
     * @param at when it was asked
     * @return null when it is unpriced: a model, day, speed, service tier or geography that no price is known for, or counts that cannot be
     */
    public @Nullable Cost cost(String model, Usage usage, Instant at) {
        String id = prices.containsKey(model) ? model : bareId(model);
        NavigableMap<LocalDate, Price> dated = prices.get(id);
        Map.Entry<LocalDate, Price> entry =
                dated == null ? null : dated.floorEntry(LocalDate.ofInstant(at, ZoneOffset.UTC));
        long microUsd = entry == null ? -1 : entry.getValue().microUsd(usage);
        return entry == null || microUsd < 0 ? null : new Cost(microUsd, id + "@" + entry.getKey());
    }

    private static String bareId(String model) {
        String id = model.startsWith(MAKER) ? model.substring(MAKER.length()) : model;
        return DATE.matcher(id).replaceFirst("");
    }

    private static final class Bundled {

        static final PriceTable TABLE = new PriceTable(read());

        private static Map<String, NavigableMap<LocalDate, Price>> read() {
            Map<String, NavigableMap<LocalDate, Price>> prices = new HashMap<>();
            for (String line : lines()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    add(prices, line);
                }
            }
            return prices;
        }

        private static List<String> lines() {
            try (InputStream in = PriceTable.class.getResourceAsStream(BUNDLED)) {
                if (in == null) {
                    throw new IllegalStateException(
                            "the price table " + BUNDLED + " is missing from the ccflare-core jar");
                }
                return new BufferedReader(new InputStreamReader(in, UTF_8))
                        .lines()
                        .toList();
            } catch (IOException damaged) {
                throw new IllegalStateException("the price table " + BUNDLED + " cannot be read", damaged);
            }
        }

        /** model, first day, case, input, cache read, cache write 5 m, cache write 1 h, output, percent for the US. */
        private static void add(Map<String, NavigableMap<LocalDate, Price>> prices, String line) {
            String[] cell = line.split(",", -1);
            NavigableMap<LocalDate, Price> dated = prices.computeIfAbsent(cell[0], id -> new TreeMap<>());
            LocalDate from = cell[1].isEmpty() ? LocalDate.EPOCH : LocalDate.parse(cell[1]);
            String kind = cell[2];
            if (kind.isEmpty()) {
                Price price = Price.usdPerMillion(cell[3], cell[4], cell[5], cell[6], cell[7]);
                dated.put(from, cell[8].isEmpty() ? price : price.usInference(Integer.parseInt(cell[8])));
                return;
            }
            Price standard = dated.get(from);
            if (standard == null) {
                throw new IllegalStateException("a special price stands before the standard one: " + line);
            }
            dated.put(
                    from,
                    kind.equals("fast")
                            ? standard.fast(cell[3], cell[4], cell[5], cell[6], cell[7])
                            : standard.above(
                                    Long.parseLong(kind.substring(1)), cell[3], cell[4], cell[5], cell[6], cell[7]));
        }
    }
}
