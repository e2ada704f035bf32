package io.vitrine.model.engine;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which prompt a step computes first: the earliest of the highest class, unless a short prompt of that class may pass
 * it. Engine
 * thread only.
 *
 * <p>A prompt passes an earlier one that has at least twice as many tokens left. So a short prompt waits at most for as
 * many
 * tokens as twice its own, however long the prompts before it are: its first token comes within three times its time
 * alone.
 * Passing is a loan. The earlier prompt lends at most {@link #LOAN_TOKENS}, and a long one begins to pass only while
 * half of
 * them are left, so that short ones still can; once they are lent, tokens are lent again as they are paid back. So
 * under an
 * endless flow of short prompts the earlier one still gets every second token.
 */
final class PrefillTurns {

    /** Beside prompts of thousands of tokens a small part; many short prompts in a row need no more. */
    static final int LOAN_TOKENS = 1024;

    /**
     * A passing prompt gets as many in a row: turns by the chunk would bring keys and values together again for each.
     */
    private static final int TURN_TOKENS = LOAN_TOKENS / 2;

    private @Nullable Sequence first;
    private @Nullable Sequence next;
    private @Nullable Sequence passing;

    /**
     * The sequence whose prompt comes first in the next step; null if no sequence has tokens of a prompt left.
     *
     * @param running by class, then by arrival
     */
    @Nullable
    Sequence next(List<Sequence> running) {
        first = null;
        next = null;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.awaitsPrefill() && !sequence.waitsForLeader()) {
                consider(sequence);
            }
        }
        if (next != first && !mayPass()) {
            next = first;
        }
        return next;
    }

    private void consider(Sequence sequence) {
        if (first == null || next == null) {
            first = sequence;
            next = sequence;
        } else if (sequence.rank() == first.rank() && sequence.tokensLeft() < next.tokensLeft()) {
            next = sequence;
        }
    }

    private boolean mayPass() {
        if (first == null || next == null || 2 * next.tokensLeft() > first.tokensLeft()) {
            return false;
        }
        int lent = first.lentTokens();
        return next == passing ? lent < LOAN_TOKENS : lent + Math.min(next.tokensLeft(), TURN_TOKENS) <= LOAN_TOKENS;
    }

    /** A step has computed tokens of a prompt, since the last {@link #next}. */
    void computed(Sequence sequence, int tokens) {
        if (sequence == first) {
            sequence.payBack(tokens);
            passing = next == first ? null : passing;
        } else if (sequence == next && first != null) {
            first.lend(tokens);
            passing = next;
        }
    }

    /** The sequence is gone. */
    void forget(Sequence sequence) {
        first = first == sequence ? null : first;
        next = next == sequence ? null : next;
        passing = passing == sequence ? null : passing;
    }
}
