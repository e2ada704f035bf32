package io.vitrine.model.sampling;

/**
 * The model's own log-probabilities of one row: natural logarithms of the softmax of its raw logits, before temperature,
 * bias and penalties. Valid until the next row is loaded.
 */
public final class LogProbabilities {

    private final float[] logits;
    private final double logSumExp;
    private final int[] top;

    private LogProbabilities(float[] logits, double logSumExp, int[] top) {
        this.logits = logits;
        this.logSumExp = logSumExp;
        this.top = top;
    }

    static LogProbabilities of(float[] logits, int topCount, long[] keys, double[] weights) {
        double logSumExp = Logits.logSumExp(logits, weights);
        int[] top = new int[topCount == 0 ? 0 : Ranking.best(logits, topCount, keys)];
        for (int rank = 0; rank < top.length; rank++) {
            top[rank] = Ranking.tokenId(keys[rank]);
        }
        return new LogProbabilities(logits, logSumExp, top);
    }

    /** Of a token, at most 0; minus infinity if the model rules it out. */
    public float of(int tokenId) {
        return (float) (logits[tokenId] - logSumExp);
    }

    /** Of a token among all, 1 for the most likely one; of equals, each has the rank of the first. */
    public int rank(int tokenId) {
        int rank = 1;
        for (float logit : logits) {
            rank += logit > logits[tokenId] ? 1 : 0;
        }
        return rank;
    }

    /** How many of the most likely tokens are known: as many as asked for, or all that the model does not rule out. */
    public int topCount() {
        return top.length;
    }

    /** The most likely token (rank 0), the second (rank 1), …; the lower id first among equals. */
    public int top(int rank) {
        return top[rank];
    }
}
