package io.vitrine.model.engine;

/**
 * How many tokens of a sequence are worth guessing ahead in a step. A guessed token is one more row of the batch; if it comes
 * true, the step gives one more token. Worth it is what raises the tokens expected of the step by a larger share than its
 * duration: much for a single sequence, whose step mostly waits for the weights to be read, and little in a full batch.
 */
final class DraftBudget {

    /**
     * What a further row adds to the duration of a step of one row, as a share of it. Measured from 1 to 8 rows in int8:
     * docs/benchmarks.md. Taken too high, guesses are left out that would pay a little; too low, the step takes longer.
     */
    static final double ROW_COST = 0.13;

    private final int most;
    private int rows;
    private double tokens;

    /**
     * For one engine.
     *
     * @param most guessed tokens of one sequence in a step; 0 for no guessing
     */
    DraftBudget(int most) {
        this.most = most;
    }

    /** Guessed tokens of one sequence in a step, at most. */
    int most() {
        return most;
    }

    /** A new step, in which so many sequences decode. */
    void begin(int sequences) {
        rows = sequences;
        tokens = sequences;
    }

    /** Whether a first guessed token pays: asked before anything is looked up for a guess. */
    boolean pays(double acceptance) {
        return acceptance / tokens > ROW_COST / (1 + ROW_COST * (rows - 1));
    }

    /**
     * Takes rows for one sequence.
     *
     * @param available tokens it could guess
     * @param acceptance the chance that a guess of it comes true, given that those before it do
     * @return tokens it shall guess
     */
    int take(int available, double acceptance) {
        int count = 0;
        double chance = acceptance;
        while (count < Math.min(most, available) && chance / tokens > ROW_COST / (1 + ROW_COST * (rows - 1))) {
            count++;
            rows++;
            tokens += chance;
            chance *= acceptance;
        }
        return count;
    }
}
