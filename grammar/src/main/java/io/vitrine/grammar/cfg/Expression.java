package io.vitrine.grammar.cfg;

import java.util.List;

import io.vitrine.grammar.automaton.Language;

/** The right side of a rule. */
public sealed interface Expression {

    /** A token of the grammar: any member of a regular language. */
    record Lexeme(Language language) implements Expression {}

    record Sequence(List<Expression> parts) implements Expression {

        public Sequence {
            parts = List.copyOf(parts);
        }
    }

    record Choice(List<Expression> alternatives) implements Expression {

        public Choice {
            alternatives = List.copyOf(alternatives);
        }
    }

    /**
     * An expression several times.
     *
     * @param max {@link io.vitrine.grammar.automaton.Languages#UNBOUNDED} for no upper bound
     */
    record Repetition(Expression body, int min, int max) implements Expression {}

    record Call(Rule rule) implements Expression {}

    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }
}
