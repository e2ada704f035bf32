package io.vitrine.loadtest.measure;

/** MLPerf's rule: an answer has from 90 to 110 % of the tokens that were asked for, so that nobody wins by stopping early. */
final class LengthRule {

    static final double LEAST = 0.9;
    static final double MOST = 1.1;

    private LengthRule() {}

    /** An answer of unknown length keeps it. */
    static boolean keeps(RequestRecord record) {
        if (record.outputTokens() == 0) {
            return true;
        }
        double ratio = (double) record.outputTokens() / record.plannedOutputTokens();
        return ratio >= LEAST && ratio <= MOST;
    }
}
