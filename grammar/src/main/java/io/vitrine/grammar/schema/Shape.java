package io.vitrine.grammar.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.grammar.automaton.Language;

/** A set of JSON values. */
sealed interface Shape {

    /** Every value. */
    record Any() implements Shape {}

    record Null() implements Shape {}

    record Bool(boolean value) implements Shape {}

    record Numbers(NumberRange range) implements Shape {}

    /** Strings by their content as JSON writes it, without quotes. */
    record Text(Language content) implements Shape {}

    /**
     * Arrays.
     *
     * @param prefix shapes of the first elements
     * @param items shape of the elements behind them
     */
    record Array(List<Shape> prefix, Shape items, int min, int max) implements Shape {

        public Array {
            prefix = List.copyOf(prefix);
        }

        Shape element(int index) {
            return index < prefix.size() ? prefix.get(index) : items;
        }
    }

    /**
     * Objects.
     *
     * @param named properties in the order in which they are written
     * @param regions disjoint sets of the names that other properties may have
     */
    record Properties(Map<String, Property> named, List<Region> regions, int min, int max) implements Shape {

        public Properties {
            named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
            regions = List.copyOf(regions);
        }
    }

    record Property(Shape shape, boolean required) {}

    /**
     * Names of further properties, and the shape of their values.
     *
     * @param names as JSON writes them, without quotes; names of {@link Properties#named} may be among them and do
     * not count
     */
    record Region(Language names, Shape shape) {}

    record Union(List<Shape> alternatives) implements Shape {

        public Union {
            alternatives = List.copyOf(alternatives);
        }
    }

    /**
     * All of these subschemas at once, by their JSON pointers; resolved when needed, so that schemas may be
     * recursive.
     */
    record Reference(Set<String> pointers) implements Shape {

        public Reference {
            pointers = Set.copyOf(pointers);
        }

        Reference and(Reference other) {
            Set<String> both = new TreeSet<>(pointers);
            both.addAll(other.pointers);
            return new Reference(both);
        }
    }

    Shape ANY = new Any();

    /** No value. */
    Shape NEVER = new Union(List.of());

    static Shape union(List<Shape> alternatives) {
        List<Shape> flat = new ArrayList<>();
        for (Shape alternative : alternatives) {
            if (alternative instanceof Any) {
                return ANY;
            }
            if (alternative instanceof Union union) {
                flat.addAll(union.alternatives());
            } else {
                flat.add(alternative);
            }
        }
        return flat.size() == 1 ? flat.get(0) : new Union(flat);
    }
}
