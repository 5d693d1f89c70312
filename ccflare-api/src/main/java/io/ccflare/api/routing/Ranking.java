package io.ccflare.api.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The usable accounts of a snapshot, best first, each with the reason for its place. Immutable.
 *
 * @since 1.0
 */
public final class Ranking {

    /**
     * One place in a ranking.
     *
     * @param index of the account in the snapshot
     * @param reason why it stands there, in a few words for people
     */
    public record Place(int index, String reason) {
        public Place {
            Objects.requireNonNull(reason, "reason");
        }
    }

    private static final Ranking NONE = new Ranking(List.of());

    private final List<Place> places;

    private Ranking(List<Place> places) {
        this.places = places;
    }

    /** A ranking of nobody. */
    public static Ranking none() {
        return NONE;
    }

    /**
     * A ranking of these places.
     *
     * @param places best first
     */
    public static Ranking of(List<Place> places) {
        return new Ranking(List.copyOf(places));
    }

    /** Best first. */
    public List<Place> places() {
        return places;
    }

    /** A ranking with one more place at its end. */
    public Ranking then(int index, String reason) {
        List<Place> more = new ArrayList<>(places);
        more.add(new Place(index, reason));
        return of(more);
    }
}
