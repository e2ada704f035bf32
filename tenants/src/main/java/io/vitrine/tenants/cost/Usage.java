package io.vitrine.tenants.cost;

/**
 * The tokens that a request is charged for.
 *
 * @param promptTokens all of the prompt
 * @param cachedTokens of those, how many came from the prefix cache
 * @param outputTokens of all its answers
 */
public record Usage(long promptTokens, long cachedTokens, long outputTokens) {

    public Usage {
        if (cachedTokens < 0 || cachedTokens > promptTokens || outputTokens < 0) {
            throw new IllegalArgumentException("cached tokens must be from 0 to the prompt's, output tokens >= 0: "
                    + promptTokens + ", " + cachedTokens + ", " + outputTokens);
        }
    }

    /** The most that a request can use: nothing cached, and every one of its answers as long as it may be. */
    public static Usage worstCase(long promptTokens, long maxOutputTokens, int answers) {
        return new Usage(promptTokens, 0, Math.multiplyExact(maxOutputTokens, (long) answers));
    }

    public long totalTokens() {
        return promptTokens + outputTokens;
    }
}
