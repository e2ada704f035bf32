package io.vitrine.grammar.cfg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/**
 * A grammar as a recursive transition network (Woods 1970): one small automaton a rule, over lexemes and calls of
 * rules.
 */
final class Network {

    private final Languages languages;
    private final int maxNodes;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> starts = new ArrayList<>();
    private final List<Language> lexemes = new ArrayList<>();
    private final IdentityHashMap<Rule, Integer> ruleIndexes = new IdentityHashMap<>();
    private final Map<Language, Integer> lexemeIndexes = new HashMap<>();
    private final Deque<Runnable> pending = new ArrayDeque<>();

    private Network(Languages languages, int maxNodes) {
        this.languages = languages;
        this.maxNodes = maxNodes;
    }

    /**
     * The network of a grammar; its start rule has index 0.
     *
     * @throws GrammarException if the grammar derives no text or has more than {@code maxNodes} symbols
     */
    static Network of(Rule start, Languages languages, int maxNodes) {
        Network network = new Network(languages, maxNodes);
        network.index(start);
        while (!network.pending.isEmpty()) {
            network.pending.pop().run();
        }
        network.prune();
        return network;
    }

    Node start(int rule) {
        return starts.get(rule);
    }

    Language lexeme(int index) {
        return lexemes.get(index);
    }

    private int index(Rule rule) {
        Integer known = ruleIndexes.get(rule);
        if (known != null) {
            return known;
        }
        int index = starts.size();
        ruleIndexes.put(rule, index);
        Node first = addNode();
        starts.add(first);
        Node end = addNode();
        end.last = true;
        pending.push(() -> build(rule.body(), first, end));
        return index;
    }

    private Node addNode() {
        if (nodes.size() >= maxNodes) {
            throw new GrammarException("limit", "", "the grammar exceeds the limit of symbols: " + maxNodes);
        }
        Node node = new Node(nodes.size());
        nodes.add(node);
        return node;
    }

    /**
     * Adds what the expression describes between two nodes. Calls in last position then lead to the end of their rule
     * itself.
     */
    private void build(Expression expression, Node from, Node to) {
        if (expression instanceof Expression.Lexeme lexeme) {
            buildLexeme(lexeme.language(), from, to);
        } else if (expression instanceof Expression.Sequence sequence) {
            buildSequence(sequence.parts(), from, to);
        } else if (expression instanceof Expression.Choice choice) {
            choice.alternatives().forEach(alternative -> build(alternative, from, to));
        } else if (expression instanceof Expression.Repetition repetition) {
            buildRepetition(repetition, from, to);
        } else {
            from.calls.add(new Node.Edge(index(((Expression.Call) expression).rule()), to));
        }
    }

    private void buildLexeme(Language language, Node from, Node to) {
        if (language.acceptsEmpty()) {
            from.epsilons.add(to);
        }
        if (!language.isOnlyEmpty() && !languages.isEmpty(language)) {
            int index = lexemeIndexes.computeIfAbsent(language, added -> {
                lexemes.add(added);
                return lexemes.size() - 1;
            });
            from.lexemes.add(new Node.Edge(index, to));
        }
    }

    private void buildSequence(List<Expression> parts, Node from, Node to) {
        if (parts.isEmpty()) {
            from.epsilons.add(to);
        }
        Node at = from;
        for (int i = 0; i < parts.size(); i++) {
            Node next = i == parts.size() - 1 ? to : addNode();
            build(parts.get(i), at, next);
            at = next;
        }
    }

    private void buildRepetition(Expression.Repetition repetition, Node from, Node to) {
        int max = repetition.max();
        if (repetition.min() == 0 && max == 1) {
            from.epsilons.add(to);
            build(repetition.body(), from, to);
        } else if (repetition.min() <= 1 && max == Languages.UNBOUNDED) {
            Node before = addNode();
            Node after = repetition.min() == 0 ? before : addNode();
            from.epsilons.add(before);
            build(repetition.body(), before, after);
            if (after != before) {
                after.epsilons.add(before);
            }
            after.epsilons.add(to);
        } else {
            Rule body = new Rule("repeated");
            body.define(repetition.body());
            Node counter = addNode();
            counter.loop = new Node.Loop(index(body), repetition.min(), max);
            starts.add(counter);
            from.calls.add(new Node.Edge(starts.size() - 1, to));
        }
    }

    /** Removes whatever cannot lead to the end of its rule. */
    private void prune() {
        boolean[] nullable = leadingToEnd(false);
        for (Node node : nodes) {
            if (node.loop != null && nullable[starts.get(node.loop.rule()).id]) {
                node.loop = new Node.Loop(node.loop.rule(), 0, node.loop.max());
            }
        }
        boolean[] productive = leadingToEnd(true);
        if (!productive[starts.get(0).id]) {
            throw new GrammarException("grammar", "", "no text satisfies the constraint");
        }
        for (Node node : nodes) {
            node.epsilons.removeIf(target -> !productive[target.id]);
            node.lexemes.removeIf(edge -> !productive[edge.target().id]);
            node.calls.removeIf(edge -> !productive[edge.target().id] || !productive[starts.get(edge.symbol()).id]);
            if (node.loop != null && !productive[starts.get(node.loop.rule()).id]) {
                node.last |= node.loop.min() == 0;
                node.loop = null;
            }
        }
    }

    /** Nodes from which the end of their rule can be reached: with any text, or with the empty text only. */
    private boolean[] leadingToEnd(boolean withLexemes) {
        boolean[] leading = new boolean[nodes.size()];
        List<List<Node>> dependants = new ArrayList<>();
        nodes.forEach(node -> dependants.add(new ArrayList<>()));
        for (Node node : nodes) {
            node.epsilons.forEach(target -> dependants.get(target.id).add(node));
            node.lexemes.forEach(edge -> dependants.get(edge.target().id).add(node));
            for (Node.Edge edge : node.calls) {
                dependants.get(edge.target().id).add(node);
                dependants.get(starts.get(edge.symbol()).id).add(node);
            }
            if (node.loop != null) {
                dependants.get(starts.get(node.loop.rule()).id).add(node);
            }
        }
        Deque<Node> unchecked = new ArrayDeque<>(nodes);
        while (!unchecked.isEmpty()) {
            Node node = unchecked.pop();
            if (!leading[node.id] && leads(node, leading, withLexemes)) {
                leading[node.id] = true;
                dependants.get(node.id).forEach(unchecked::push);
            }
        }
        return leading;
    }

    private boolean leads(Node node, boolean[] leading, boolean withLexemes) {
        return node.last
                || node.epsilons.stream().anyMatch(target -> leading[target.id])
                || (withLexemes && node.lexemes.stream().anyMatch(edge -> leading[edge.target().id]))
                || node.calls.stream()
                        .anyMatch(edge -> leading[edge.target().id] && leading[starts.get(edge.symbol()).id])
                || (node.loop != null && (node.loop.min() == 0 || leading[starts.get(node.loop.rule()).id]));
    }
}
