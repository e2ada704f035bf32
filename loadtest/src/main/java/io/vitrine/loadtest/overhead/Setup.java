package io.vitrine.loadtest.overhead;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How an experiment was carried out: with the blocks, all that an analysis needs.
 *
 * @param format {@value #FORMAT}
 * @param started in UTC
 * @param quick whether it is the quick run, whose intervals are wide
 * @param server the command that starts the server, settings included
 * @param parts that the server has; an arm switches no other
 * @param margin of the verdict, as a share
 * @param resamples of the bootstrap
 * @param requests of a closed block, warm-up excluded
 * @param rate of an open block, requests per second
 * @param capacity that the rate was derived from, requests per second
 * @param machine what both processes ran on
 * @param costs of an operation, to reconcile with
 */
record Setup(
        String format,
        String started,
        boolean quick,
        long seed,
        String model,
        String server,
        List<Arm> arms,
        List<String> parts,
        double margin,
        int resamples,
        int launches,
        int rows,
        int concurrency,
        int requests,
        double rate,
        double capacity,
        double blockSeconds,
        int inputTokens,
        int outputTokens,
        Map<String, String> machine,
        OperationCosts costs) {

    static final String FORMAT = "vitrine-overhead/1";

    Setup {
        arms = List.copyOf(arms);
        parts = List.copyOf(parts);
        machine = new TreeMap<>(machine);
    }

    /** The same, under the name by which the server calls its model. */
    Setup serving(String name) {
        return new Setup(
                format,
                started,
                quick,
                seed,
                name,
                server,
                arms,
                parts,
                margin,
                resamples,
                launches,
                rows,
                concurrency,
                requests,
                rate,
                capacity,
                blockSeconds,
                inputTokens,
                outputTokens,
                machine,
                costs);
    }

    /** The same, once the capacity is known. */
    Setup calibrated(int blockRequests, double openRate, double measuredCapacity, List<String> serverParts) {
        return new Setup(
                format,
                started,
                quick,
                seed,
                model,
                server,
                arms,
                serverParts,
                margin,
                resamples,
                launches,
                rows,
                concurrency,
                blockRequests,
                openRate,
                measuredCapacity,
                blockSeconds,
                inputTokens,
                outputTokens,
                machine,
                costs);
    }
}
