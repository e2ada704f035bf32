package io.vitrine.loadtest;

import java.util.List;

import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.report.Report.Goodput;
import io.vitrine.loadtest.report.Report.Knee;
import io.vitrine.loadtest.report.Report.Stage;

/** Finds the knee of a sweep: pure arithmetic on its stages. */
final class Sweep {

    static final double LEAST_DONE_SHARE = 0.95;
    static final double LEAST_ATTAINMENT = 0.9;

    private static final String RULE = "sustained: " + Math.round(100 * LEAST_DONE_SHARE)
            + " % of the offered requests done in the window, no upward"
            + " drift of time to first token or whole request, no refusals or failures, and with objectives "
            + Math.round(100 * LEAST_ATTAINMENT) + " % of the requests within them";

    private Sweep() {}

    /**
     * The highest rate up to which every stage is sustained.
     *
     * @param capacity requests per second of the closed loop
     */
    static Knee knee(double capacity, List<Stage> openStages) {
        Stage last = null;
        for (Stage stage : openStages) {
            if (!sustained(stage)) {
                return last == null
                        ? new Knee(null, null, stage.offeredRate(), capacity, RULE)
                        : new Knee(last.name(), last.offeredRate(), stage.offeredRate(), capacity, RULE);
            }
            last = stage;
        }
        return last == null
                ? new Knee(null, null, null, capacity, RULE)
                : new Knee(last.name(), last.offeredRate(), null, capacity, RULE);
    }

    static boolean sustained(Stage stage) {
        double offered = stage.counts().offered() / stage.throughput().windowSeconds();
        boolean keepsUp = stage.throughput().requestsPerSecond() >= LEAST_DONE_SHARE * offered;
        boolean drifts = stage.checks().stream()
                .anyMatch(check -> check.name().startsWith("drift") && check.verdict() == Verdict.INVALID);
        boolean refuses = stage.counts().refused()
                        + stage.counts().failed()
                        + stage.counts().timedOut()
                > 0;
        Goodput goodput = stage.goodput();
        boolean good = goodput == null || goodput.attainment() >= LEAST_ATTAINMENT;
        return keepsUp && !drifts && !refuses && good;
    }
}
