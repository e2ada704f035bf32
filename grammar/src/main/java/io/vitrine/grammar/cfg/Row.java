package io.vitrine.grammar.cfg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.grammar.WorkLimitException;
import io.vitrine.grammar.automaton.Work;

/** An Earley row: all that the grammar can be in the midst of where a lexeme has ended. Immutable once closed. */
final class Row {

    final int id;
    private final Network network;
    private final Map<Integer, List<Item>> scans = new HashMap<>();
    private final Map<Integer, List<Item>> returns = new HashMap<>();
    private boolean accepting;

    private Row(int id, Network network) {
        this.id = id;
        this.network = network;
    }

    /** The row of these items and of all that follows from them without a further lexeme. */
    static Row closed(int id, Network network, Iterable<Item> kernel, int maxItems, Work work) {
        Row row = new Row(id, network);
        row.new Closure(maxItems, work).run(kernel);
        return row;
    }

    /** Whether the whole text may end here. */
    boolean accepting() {
        return accepting;
    }

    /** Lexemes that may begin here. */
    Set<Integer> lexemes() {
        return scans.keySet();
    }

    /** The items behind a lexeme that began here. */
    List<Item> after(int lexeme) {
        return scans.getOrDefault(lexeme, List.of());
    }

    private final class Closure {

        private final int maxItems;
        private final Work work;
        private final Set<Item> seen = new HashSet<>();
        private final Deque<Item> pending = new ArrayDeque<>();
        private final Set<Integer> completedHere = new HashSet<>();

        Closure(int maxItems, Work work) {
            this.maxItems = maxItems;
            this.work = work;
        }

        void run(Iterable<Item> kernel) {
            kernel.forEach(this::add);
            while (!pending.isEmpty()) {
                process(pending.pop());
            }
        }

        private void add(Item item) {
            if (seen.add(item)) {
                work.add(1);
                if (seen.size() > maxItems) {
                    throw new WorkLimitException("items of a parser row: " + maxItems);
                }
                pending.push(item);
            }
        }

        private void process(Item item) {
            Node node = item.node();
            if (node.loop != null) {
                repeat(item, node.loop);
                return;
            }
            if (node.last) {
                complete(item);
            }
            node.epsilons.forEach(target -> add(item.at(target)));
            node.lexemes.forEach(edge ->
                    scans.computeIfAbsent(edge.symbol(), s -> new ArrayList<>()).add(item.at(edge.target())));
            node.calls.forEach(edge -> call(
                    item, edge.symbol(), item.at(edge.target()), edge.target().isTail()));
        }

        private void repeat(Item item, Node.Loop loop) {
            if (item.count() >= loop.min()) {
                complete(item);
            }
            if (item.count() < loop.max()) {
                // Without an upper bound only the distance to the lower one counts.
                int next = loop.max() == Integer.MAX_VALUE ? Math.min(item.count() + 1, loop.min()) : item.count() + 1;
                call(
                        item,
                        loop.rule(),
                        new Item(item.node(), next, item.origin(), item.rule()),
                        item.count() + 1 == loop.max());
            }
        }

        private void call(Item caller, int rule, Item after, boolean tail) {
            if (tail) {
                add(new Item(network.start(rule), 0, caller.origin(), caller.rule()));
                return;
            }
            List<Item> waiting = returns.get(rule);
            if (waiting == null) {
                waiting = new ArrayList<>();
                returns.put(rule, waiting);
                add(new Item(network.start(rule), 0, Row.this, rule));
            }
            waiting.add(after);
            if (completedHere.contains(rule)) {
                skip(after);
            }
        }

        private void complete(Item item) {
            Row origin = item.origin();
            if (origin == null) {
                accepting = true;
            } else if (origin == Row.this) {
                if (completedHere.add(item.rule())) {
                    List.copyOf(returns.getOrDefault(item.rule(), List.of())).forEach(this::skip);
                }
            } else {
                origin.returns.getOrDefault(item.rule(), List.of()).forEach(this::add);
            }
        }

        /**
         * The called rule matched the empty text. A loop gains nothing by an empty round, since its minimum is 0
         * then.
         */
        private void skip(Item after) {
            if (after.node().loop == null) {
                add(after);
            }
        }
    }
}
