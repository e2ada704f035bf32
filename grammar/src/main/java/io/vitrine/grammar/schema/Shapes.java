package io.vitrine.grammar.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.regex.CodePoints;
import io.vitrine.grammar.regex.JsonText;

/** Intersection of shapes, and whether a shape has values at all. */
final class Shapes {

    private static final int MAX_INTERSECTIONS = 20_000;
    private static final int MAX_DEPTH = 64;

    private final Languages languages;
    private final JsonText encoding;
    private final NumberText numbers;
    private final Function<String, Shape> subschemas;
    private final Map<Shape.Reference, Shape> resolved = new HashMap<>();
    private final Set<Shape.Reference> resolving = new LinkedHashSet<>();
    private final List<Shape> anyOfEachType;
    private int intersections;
    private int depth;

    /** @param subschemas the shape at a JSON pointer */
    Shapes(Languages languages, JsonText encoding, NumberText numbers, Function<String, Shape> subschemas) {
        this.languages = languages;
        this.encoding = encoding;
        this.numbers = numbers;
        this.subschemas = subschemas;
        this.anyOfEachType = List.of(
                new Shape.Null(),
                new Shape.Bool(false),
                new Shape.Bool(true),
                new Shape.Numbers(NumberRange.ALL),
                new Shape.Text(anyText()),
                anyArray(),
                anyObject());
    }

    /** Content of every string, in any spelling. */
    Language anyText() {
        return languages.repetition(encoding.anyCharacter(), 0, Languages.UNBOUNDED);
    }

    /** Every property name, in its one spelling: names must not meet again in disguise. */
    Language anyName() {
        return languages.repetition(encoding.encode(CodePoints.ALL), 0, Languages.UNBOUNDED);
    }

    static Shape.Array anyArray() {
        return new Shape.Array(List.of(), Shape.ANY, 0, Integer.MAX_VALUE);
    }

    Shape.Properties anyObject() {
        return new Shape.Properties(Map.of(), List.of(new Shape.Region(anyName(), Shape.ANY)), 0, Integer.MAX_VALUE);
    }

    /** The shape with its alternatives for {@link Shape.Any}. */
    List<Shape> anyOfEachType() {
        return anyOfEachType;
    }

    Shape resolve(Shape.Reference reference) {
        Shape known = resolved.get(reference);
        if (known == null) {
            if (!resolving.add(reference)) {
                throw new GrammarException(
                        "$ref",
                        reference.pointers().iterator().next(),
                        "$ref refers to itself without a value between");
            }
            known = Shape.ANY;
            for (String pointer : reference.pointers()) {
                known = intersection(known, subschemas.apply(pointer));
            }
            resolving.remove(reference);
            resolved.put(reference, known);
        }
        return known;
    }

    Shape intersection(Shape a, Shape b) {
        if (a instanceof Shape.Any) {
            return b;
        }
        if (b instanceof Shape.Any) {
            return a;
        }
        if (a instanceof Shape.Reference x && b instanceof Shape.Reference y) {
            return x.and(y);
        }
        if (++intersections > MAX_INTERSECTIONS || depth >= MAX_DEPTH) {
            throw new GrammarException("allOf", "", "subschemas that apply together are too many or too deep");
        }
        depth++;
        try {
            return proper(a, b);
        } finally {
            depth--;
        }
    }

    private Shape proper(Shape a, Shape b) {
        if (a instanceof Shape.Reference reference) {
            return intersection(resolve(reference), b);
        }
        if (b instanceof Shape.Reference reference) {
            return intersection(a, resolve(reference));
        }
        if (a instanceof Shape.Union union) {
            return distributed(union, b);
        }
        if (b instanceof Shape.Union union) {
            return distributed(union, a);
        }
        if (a instanceof Shape.Numbers x && b instanceof Shape.Numbers y) {
            Shape both = new Shape.Numbers(x.range().and(y.range()));
            return isEmpty(both) ? Shape.NEVER : both;
        }
        if (a instanceof Shape.Text x && b instanceof Shape.Text y) {
            Language both = languages.intersection(x.content(), y.content());
            return languages.isEmpty(both) ? Shape.NEVER : new Shape.Text(both);
        }
        if (a instanceof Shape.Array x && b instanceof Shape.Array y) {
            return arrays(x, y);
        }
        if (a instanceof Shape.Properties x && b instanceof Shape.Properties y) {
            return objects(x, y);
        }
        return a.equals(b) ? a : Shape.NEVER;
    }

    private Shape distributed(Shape.Union union, Shape other) {
        List<Shape> alternatives = new ArrayList<>();
        for (Shape alternative : union.alternatives()) {
            Shape both = intersection(alternative, other);
            if (!Shape.NEVER.equals(both)) {
                alternatives.add(both);
            }
        }
        return Shape.union(alternatives);
    }

    private Shape arrays(Shape.Array x, Shape.Array y) {
        List<Shape> prefix = new ArrayList<>();
        for (int i = 0; i < Math.max(x.prefix().size(), y.prefix().size()); i++) {
            prefix.add(intersection(x.element(i), y.element(i)));
        }
        int least = Math.max(x.min(), y.min());
        int most = Math.min(x.max(), y.max());
        return array(prefix, intersection(x.items(), y.items()), least, most);
    }

    /** An array that ends before the first element that has no value. */
    static Shape array(List<Shape> prefix, Shape items, int min, int max) {
        int end = prefix.indexOf(Shape.NEVER);
        if (end < 0 && Shape.NEVER.equals(items)) {
            end = prefix.size();
        }
        int most = end < 0 ? max : Math.min(max, end);
        if (min > most) {
            return Shape.NEVER;
        }
        return new Shape.Array(prefix.subList(0, Math.min(prefix.size(), most)), items, min, most);
    }

    private Shape objects(Shape.Properties x, Shape.Properties y) {
        Map<String, Shape.Property> named = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>(x.named().keySet());
        names.addAll(y.named().keySet());
        for (String name : names) {
            Shape.Property a = property(x, name);
            Shape.Property b = property(y, name);
            named.put(name, new Shape.Property(intersection(a.shape(), b.shape()), a.required() || b.required()));
        }
        List<Shape.Region> regions = new ArrayList<>();
        for (Shape.Region a : x.regions()) {
            for (Shape.Region b : y.regions()) {
                Language both = a.names() == b.names() ? a.names() : languages.intersection(a.names(), b.names());
                Shape shape = languages.isEmpty(both) ? Shape.NEVER : intersection(a.shape(), b.shape());
                if (!Shape.NEVER.equals(shape)) {
                    regions.add(new Shape.Region(both, shape));
                }
            }
        }
        int least = Math.max(x.min(), y.min());
        int most = Math.min(x.max(), y.max());
        return object(named, regions, least, most);
    }

    /** Nothing, if a required property has no value or is not to be counted. */
    static Shape object(Map<String, Shape.Property> named, List<Shape.Region> regions, int min, int max) {
        long required = named.values().stream().filter(Shape.Property::required).count();
        boolean impossible = named.values().stream()
                .anyMatch(property -> property.required() && Shape.NEVER.equals(property.shape()));
        if (impossible || required > max || min > max) {
            return Shape.NEVER;
        }
        if (!regions.isEmpty() && min - required > 1) {
            throw new GrammarException(
                    "minProperties",
                    "",
                    "minProperties may exceed the number of required properties by one, since properties without a"
                            + " declared name could be written twice");
        }
        return new Shape.Properties(named, regions, min, max);
    }

    /** What the object says about a property of this name. */
    Shape.Property property(Shape.Properties object, String name) {
        Shape.Property known = object.named().get(name);
        if (known != null) {
            return known;
        }
        Language spelling = encoding.literal(name);
        for (Shape.Region region : object.regions()) {
            if (!languages.areDisjoint(region.names(), spelling)) {
                return new Shape.Property(region.shape(), false);
            }
        }
        return new Shape.Property(Shape.NEVER, false);
    }

    /** Whether no value has both shapes; false also where recursion leaves it open. */
    boolean areDisjoint(Shape a, Shape b) {
        return isEmpty(intersection(a, b), 0);
    }

    boolean isEmpty(Shape shape) {
        return isEmpty(shape, 0);
    }

    private boolean isEmpty(Shape shape, int level) {
        if (shape instanceof Shape.Union union) {
            return union.alternatives().stream().allMatch(alternative -> isEmpty(alternative, level));
        }
        if (shape instanceof Shape.Reference reference) {
            return level < MAX_DEPTH / 8 && isEmpty(resolve(reference), level + 1);
        }
        if (shape instanceof Shape.Numbers range) {
            return languages.isEmpty(numbers.of(range.range()));
        }
        if (shape instanceof Shape.Text text) {
            return languages.isEmpty(text.content());
        }
        if (shape instanceof Shape.Array array) {
            for (int i = 0; i < Math.min(array.min(), array.prefix().size() + 1); i++) {
                if (isEmpty(array.element(i), level)) {
                    return true;
                }
            }
            return false;
        }
        if (shape instanceof Shape.Properties object) {
            return object.named().values().stream()
                    .anyMatch(property -> property.required() && isEmpty(property.shape(), level));
        }
        return false;
    }
}
