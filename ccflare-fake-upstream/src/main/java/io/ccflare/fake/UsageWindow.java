package io.ccflare.fake;

/**
 * A budget over time that the API keeps for subscription accounts, as the unified headers name it.
 *
 * @since 1.0
 */
public enum UsageWindow {
    /** Five hours. */
    FIVE_HOUR("5h", "five_hour"),
    /** Seven days, every model. */
    SEVEN_DAY("7d", "seven_day"),
    /** Seven days, one model family only. */
    SEVEN_DAY_MODEL("7d_oi", "seven_day_overage_included");

    private final String header;
    private final String claim;

    UsageWindow(String header, String claim) {
        this.header = header;
        this.claim = claim;
    }

    String header() {
        return header;
    }

    String claim() {
        return claim;
    }
}
