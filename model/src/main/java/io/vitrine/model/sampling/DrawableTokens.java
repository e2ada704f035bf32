package io.vitrine.model.sampling;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Which rows of the head are tokens. A head may have more rows than the vocabulary has tokens: padding to a round number at its end,
 * holes within. Such an id has no text; it is never drawn, and has no log-probability: the softmax goes over the tokens that exist.
 * Immutable.
 */
public final class DrawableTokens {

    private final int rowCount;
    /** First and last (exclusive) id of each run without a token, ascending. */
    private final int[] gaps;

    private DrawableTokens(int rowCount, int[] gaps) {
        this.rowCount = rowCount;
        this.gaps = gaps;
    }

    /** Every row is a token. */
    public static DrawableTokens all(int rowCount) {
        return of(rowCount, id -> true);
    }

    /**
     * The rows whose id is a token.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static DrawableTokens of(int rowCount, IntPredicate isToken) {
        int[] gaps = new int[16];
        int size = 0;
        int drawable = 0;
        for (int id = 0; id < rowCount; id++) {
            if (isToken.test(id)) {
                drawable++;
            } else if (size > 0 && gaps[size - 1] == id) {
                gaps[size - 1]++;
            } else {
                gaps = size + 2 > gaps.length ? Arrays.copyOf(gaps, 2 * size) : gaps;
                gaps[size++] = id;
                gaps[size++] = id + 1;
            }
        }
        if (drawable == 0) {
            throw new IllegalArgumentException("none of the " + rowCount + " rows of the head is a token");
        }
        return new DrawableTokens(rowCount, Arrays.copyOf(gaps, size));
    }

    /** Rows of the head, those without a token included. */
    public int rowCount() {
        return rowCount;
    }

    /** Whether the id is a token of the model. */
    public boolean contains(int id) {
        if (id < 0 || id >= rowCount) {
            return false;
        }
        int place = Arrays.binarySearch(gaps, id);
        // A first id (even place) is in its run, a last one (odd place) behind it; between the two lies the run.
        return place >= 0 ? place % 2 == 1 : -(place + 1) % 2 == 0;
    }

    @Override
    public String toString() {
        return "in 0 .. " + (rowCount - 1) + (gaps.length == 0 ? "" : " and a token of the model");
    }

    /** Bans the rows that are no tokens. */
    void mask(float[] row) {
        for (int gap = 0; gap < gaps.length; gap += 2) {
            Arrays.fill(row, gaps[gap], gaps[gap + 1], Float.NEGATIVE_INFINITY);
        }
    }
}
