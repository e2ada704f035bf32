package io.vitrine.alerting.slo;

import java.util.List;

/** Names of the series that objectives yield and that burn-rate rules read; the server's meters have the same names. */
public final class SloSeries {

    /** How many times faster than allowed the error budget burns over a window. */
    public static final String BURN_RATE = "vitrine_slo_burn_rate_ratio";

    /** Events of a window. */
    public static final String EVENTS = "vitrine_slo_events";

    public static final String OBJECTIVE_LABEL = "slo";
    public static final String WINDOW_LABEL = "window";
    public static final String MODEL_LABEL = "model";
    public static final String TENANT_CLASS_LABEL = "tenant_class";

    /** Labels that an objective's events may have; the meters of objectives have no others. */
    static final List<String> EVENT_LABELS = List.of(MODEL_LABEL, TENANT_CLASS_LABEL);

    private SloSeries() {}
}
