package io.vitrine.grammar.cfg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/**
 * Turns whatever is regular in a grammar of single characters into lexemes, so that the parser works at the ends of
 * words instead of characters. Bounded in size: rules that double at each level would otherwise grow without end.
 */
final class RegularParts {

    private static final int MAX_WEIGHT = 1_000;

    private final Languages languages;
    private final Map<Rule, Expression> definitions;
    private final int maxDepth;
    private final Map<Rule, Folded> folded = new HashMap<>();
    private final Set<Rule> active = new HashSet<>();
    private final Deque<Rule> pending = new ArrayDeque<>();

    /** @param weight characters of a lexeme, with those of all rules inside it */
    private record Folded(Expression expression, int weight) {}

    RegularParts(Languages languages, Map<Rule, Expression> definitions, int maxDepth) {
        this.languages = languages;
        this.definitions = definitions;
        this.maxDepth = maxDepth;
    }

    /** Defines every rule. */
    void fold() {
        pending.addAll(definitions.keySet());
        while (!pending.isEmpty()) {
            rule(pending.poll(), 0);
        }
    }

    private Folded rule(Rule rule, int depth) {
        Folded known = folded.get(rule);
        if (known == null) {
            active.add(rule);
            known = fold(definitions.getOrDefault(rule, new Expression.Choice(List.of())), depth);
            active.remove(rule);
            folded.put(rule, known);
            rule.define(known.expression);
        }
        return known;
    }

    private Folded fold(Expression expression, int depth) {
        if (expression instanceof Expression.Call call) {
            return call(call, depth);
        }
        if (expression instanceof Expression.Sequence sequence) {
            return sequence(sequence.parts(), depth);
        }
        if (expression instanceof Expression.Choice choice) {
            return choice(choice.alternatives(), depth);
        }
        if (expression instanceof Expression.Repetition repetition) {
            Folded body = fold(repetition.body(), depth);
            if (body.expression instanceof Expression.Lexeme lexeme) {
                return lexeme(languages.repetition(lexeme.language(), repetition.min(), repetition.max()), body.weight);
            }
            return new Folded(new Expression.Repetition(body.expression, repetition.min(), repetition.max()), 0);
        }
        return new Folded(expression, 1);
    }

    private Folded call(Expression.Call call, int depth) {
        if (active.contains(call.rule())) {
            return new Folded(call, 0);
        }
        if (depth == maxDepth) {
            pending.add(call.rule());
            return new Folded(call, 0);
        }
        Folded body = rule(call.rule(), depth + 1);
        return body.expression instanceof Expression.Lexeme ? body : new Folded(call, 0);
    }

    private Folded sequence(List<Expression> parts, int depth) {
        List<Folded> merged = new ArrayList<>();
        for (Expression part : parts) {
            Folded next = fold(part, depth);
            int top = merged.size() - 1;
            if (top >= 0
                    && merged.get(top).expression instanceof Expression.Lexeme a
                    && next.expression instanceof Expression.Lexeme b
                    && merged.get(top).weight + next.weight <= MAX_WEIGHT) {
                merged.set(
                        top,
                        lexeme(
                                languages.concatenation(a.language(), b.language()),
                                merged.get(top).weight + next.weight));
            } else {
                merged.add(next);
            }
        }
        return merged.size() == 1
                ? merged.get(0)
                : new Folded(
                        new Expression.Sequence(
                                merged.stream().map(Folded::expression).toList()),
                        0);
    }

    private Folded choice(List<Expression> alternatives, int depth) {
        List<Language> regular = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        int weight = 0;
        for (Expression alternative : alternatives) {
            Folded next = fold(alternative, depth);
            if (next.expression instanceof Expression.Lexeme lexeme && weight + next.weight <= MAX_WEIGHT) {
                regular.add(lexeme.language());
                weight += next.weight;
            } else {
                others.add(next.expression);
            }
        }
        if (others.isEmpty()) {
            return lexeme(languages.union(regular), weight);
        }
        if (!regular.isEmpty()) {
            others.add(new Expression.Lexeme(languages.union(regular)));
        }
        return new Folded(new Expression.Choice(others), 0);
    }

    private static Folded lexeme(Language language, int weight) {
        return new Folded(new Expression.Lexeme(language), weight);
    }
}
