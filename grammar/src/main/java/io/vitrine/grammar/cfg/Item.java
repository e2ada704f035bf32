package io.vitrine.grammar.cfg;

import java.util.Comparator;

import org.jspecify.annotations.Nullable;

/**
 * An Earley item: where a rule stands, and where to return to.
 *
 * @param node position in the rule
 * @param count finished rounds if the node is a loop, otherwise 0
 * @param origin the row that called the rule; null for the start rule
 * @param rule the call in {@code origin} that the end of this rule completes; a tail call passes it on, so it may be
 *     another rule
 */
record Item(Node node, int count, @Nullable Row origin, int rule) {

    static final Comparator<Item> ORDER = Comparator.<Item>comparingInt(item -> item.node.id)
            .thenComparingInt(item -> item.count)
            .thenComparingInt(item -> item.origin == null ? -1 : item.origin.id)
            .thenComparingInt(item -> item.rule);

    Item at(Node next) {
        return new Item(next, 0, origin, rule);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Item item
                && node == item.node
                && count == item.count
                && origin == item.origin
                && rule == item.rule;
    }

    @Override
    public int hashCode() {
        return ((node.id * 31 + count) * 31 + (origin == null ? -1 : origin.id)) * 31 + rule;
    }
}
