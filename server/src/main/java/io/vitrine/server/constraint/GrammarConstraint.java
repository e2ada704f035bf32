package io.vitrine.server.constraint;

import io.vitrine.grammar.WorkLimitException;
import io.vitrine.grammar.mask.CompiledGrammar;
import io.vitrine.grammar.mask.Matcher;
import io.vitrine.model.engine.ConstraintLimitException;
import io.vitrine.model.engine.TokenConstraint;

/** A compiled grammar as the engine sees it. */
public record GrammarConstraint(CompiledGrammar grammar) implements TokenConstraint {

    @Override
    public State begin() {
        return new MatcherState(grammar.matcher());
    }

    /** One answer's matcher. */
    private record MatcherState(Matcher matcher) implements State {

        @Override
        public boolean allow(long[] bits) {
            try {
                matcher.mask(bits);
                return true;
            } catch (WorkLimitException e) {
                throw exceeded(e);
            }
        }

        @Override
        public boolean accept(int tokenId) {
            try {
                return matcher.accept(tokenId);
            } catch (WorkLimitException e) {
                throw exceeded(e);
            }
        }

        @Override
        public void rollback(int count) {
            matcher.rollback(count);
        }

        @Override
        public boolean isOver() {
            return matcher.isEnded();
        }

        private static ConstraintLimitException exceeded(WorkLimitException cause) {
            return new ConstraintLimitException(String.valueOf(cause.getMessage()), cause);
        }
    }
}
