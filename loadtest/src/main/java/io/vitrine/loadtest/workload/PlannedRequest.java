package io.vitrine.loadtest.workload;

/**
 * One request of a plan.
 *
 * @param turn from 0 on, within its conversation
 * @param prompt of this turn alone; earlier turns and their answers come before it
 * @param outputTokens asked for, at least 1
 * @param cancelAfterTokens the client leaves once it has that many; 0 if it stays
 */
public record PlannedRequest(int conversation, int turn, Prompt prompt, int outputTokens, int cancelAfterTokens) {

    public PlannedRequest {
        if (outputTokens < 1) {
            throw new IllegalArgumentException("a request must ask for >= 1 token: " + outputTokens);
        }
        if (cancelAfterTokens < 0) {
            throw new IllegalArgumentException("cancelAfterTokens must be >= 0: " + cancelAfterTokens);
        }
    }
}
