package io.vitrine.loadtest.overhead;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is switched on in a block.
 *
 * @param parts as the server's switches name them
 * @param deadExporter whether the sink takes connections and never answers
 */
record Arm(String name, Set<String> parts, boolean deadExporter) {

    static final String LOGS = "logs";
    static final String METRICS = "metrics";
    static final String TRACES = "traces";
    static final String STAGE_TIMING = "stage_timing";
    static final String STORE = "store";
    static final String ALERTS = "alerts";

    /** In the server's order. */
    static final List<String> PARTS = List.of(LOGS, METRICS, TRACES, STAGE_TIMING, STORE, ALERTS);

    private static final List<String> FACTORS = List.of(LOGS, METRICS, TRACES);

    /** The baseline. */
    static final Arm NONE = new Arm("none", Set.of(), false);

    /** The baseline once more: its difference from the first is the noise floor. */
    static final Arm NONE_AGAIN = new Arm("none_again", Set.of(), false);

    static final Arm ALL = new Arm("all", Set.copyOf(PARTS), false);
    static final Arm ALL_DEAD_EXPORTER = new Arm("all_dead_exporter", Set.copyOf(PARTS), true);

    Arm {
        parts = Set.copyOf(parts);
    }

    /** Logs, metrics and traces together, with these parts beside them. */
    private static Arm signalsAnd(String part) {
        return new Arm("signals+" + part, Set.of(LOGS, METRICS, TRACES, part), false);
    }

    /** Every combination of logs, metrics and traces but none; the last is all three. */
    private static List<Arm> factorial() {
        List<Arm> arms = new ArrayList<>();
        for (int bits : new int[] {1, 2, 4, 3, 5, 6, 7}) {
            Set<String> parts = new TreeSet<>();
            List<String> names = new ArrayList<>();
            for (int factor = 0; factor < FACTORS.size(); factor++) {
                if ((bits >> factor & 1) == 1) {
                    parts.add(FACTORS.get(factor));
                    names.add(FACTORS.get(factor));
                }
            }
            arms.add(new Arm(bits == 7 ? "signals" : String.join("+", names), parts, false));
        }
        return arms;
    }

    /** All arms of the full run. */
    static List<Arm> full() {
        List<Arm> arms = new ArrayList<>(List.of(NONE, NONE_AGAIN));
        arms.addAll(factorial());
        arms.add(signalsAnd(STAGE_TIMING));
        arms.add(signalsAnd(STORE));
        arms.add(signalsAnd(ALERTS));
        arms.add(ALL);
        arms.add(ALL_DEAD_EXPORTER);
        return List.copyOf(arms);
    }

    /** Those of the quick run: no combinations but all three signals. */
    static List<Arm> quick() {
        List<Arm> factorial = factorial();
        return List.of(
                NONE,
                NONE_AGAIN,
                factorial.get(0),
                factorial.get(1),
                factorial.get(2),
                factorial.get(6),
                ALL,
                ALL_DEAD_EXPORTER);
    }

    /** Every part, and whether it is on. */
    Map<String, Boolean> switches() {
        Map<String, Boolean> switches = new LinkedHashMap<>();
        PARTS.forEach(part -> switches.put(part, parts.contains(part)));
        return switches;
    }

    boolean baseline() {
        return parts.isEmpty();
    }
}
