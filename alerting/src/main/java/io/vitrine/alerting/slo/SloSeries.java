package io.vitrine.alerting.slo;

/** Names of the series that objectives yield and that burn-rate rules read; the server's meters have the same names. */
public final class SloSeries {

    /** How many times faster than allowed the error budget burns over a window. */
    public static final String BURN_RATE = "vitrine_slo_burn_rate_ratio";

    /** Events of a window. */
    public static final String EVENTS = "vitrine_slo_events";

    static final String OBJECTIVE_LABEL = "slo";
    static final String WINDOW_LABEL = "window";

    private SloSeries() {}
}
