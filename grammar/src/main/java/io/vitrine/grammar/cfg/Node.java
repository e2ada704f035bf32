package io.vitrine.grammar.cfg;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A state of the recursive transition network. Edges are complete, and useless ones removed, before the first row is
 * made.
 */
final class Node {

    final int id;
    boolean last;
    final List<Node> epsilons = new ArrayList<>();
    final List<Edge> lexemes = new ArrayList<>();
    final List<Edge> calls = new ArrayList<>();

    @Nullable
    Loop loop;

    /** @param symbol index of a lexeme or of a rule */
    record Edge(int symbol, Node target) {}

    /** Counts calls of a rule: the count is part of the Earley item. */
    record Loop(int rule, int min, int max) {}

    Node(int id) {
        this.id = id;
    }

    /** Whether nothing can follow in this rule. */
    boolean isTail() {
        return last && loop == null && epsilons.isEmpty() && lexemes.isEmpty() && calls.isEmpty();
    }
}
