package io.vitrine.model.text.jinja;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import com.hubspot.jinjava.lib.filter.Filter;
import org.jspecify.annotations.Nullable;

/** The filters a template may use: own ones where jinjava's would give another text, jinjava's for the rest. */
final class PythonFilters {

    /** jinjava's own, which do as Jinja2's. */
    private static final Set<String> KEPT = Set.of("sort", "unique", "int", "abs", "float");

    private static final List<Own> OWN = List.of(
            new Own("tojson", PythonFilters::json),
            new Own("trim", (value, arguments) -> PythonStrings.strip(PythonValues.text(value))),
            new Own("string", (value, arguments) -> PythonValues.text(value)),
            new Own("safe", (value, arguments) -> defined(value)),
            new Own("upper", (value, arguments) -> method(value, "upper")),
            new Own("lower", (value, arguments) -> method(value, "lower")),
            new Own("title", (value, arguments) -> method(value, "title")),
            new Own("capitalize", (value, arguments) -> method(value, "capitalize")),
            new Own(
                    "replace",
                    (value, arguments) ->
                            PythonStrings.call(PythonValues.text(value), "replace", arguments.positional())),
            new Own("length", (value, arguments) -> length(value)),
            new Own("count", (value, arguments) -> length(value)),
            new Own("list", (value, arguments) -> PythonValues.elements(value)),
            new Own("first", (value, arguments) -> PythonObjects.attribute(PythonValues.elements(value), "0")),
            new Own("last", (value, arguments) -> PythonObjects.attribute(PythonValues.elements(value), "-1")),
            new Own("reverse", (value, arguments) -> PythonObjects.reversed(value)),
            new Own("items", (value, arguments) -> items(value)),
            new Own("dictsort", (value, arguments) -> sortedItems(value)),
            new Own(
                    "join",
                    (value, arguments) ->
                            PythonStrings.call(PythonValues.text(arguments.get(0, "d", "")), "join", List.of(value))),
            new Own("map", PythonFilters::map),
            new Own("selectattr", (value, arguments) -> choose(value, arguments, true)),
            new Own("rejectattr", (value, arguments) -> choose(value, arguments, false)),
            new Own("default", PythonFilters::orDefault),
            new Own("d", PythonFilters::orDefault));

    static final Set<String> NAMES = names();

    /** Past the last positional argument: only by name. */
    private static final int MAX_ARGUMENTS = 16;

    private PythonFilters() {}

    static List<? extends Filter> own() {
        return OWN;
    }

    private static Set<String> names() {
        Set<String> names = new HashSet<>(KEPT);
        OWN.forEach(filter -> names.add(filter.name()));
        return names;
    }

    private static Object defined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        return value;
    }

    private static Object json(Object value, Arguments arguments) {
        Set<String> others = new HashSet<>(arguments.named().keySet());
        others.removeAll(Set.of("indent", "ensure_ascii"));
        if (!others.isEmpty() || PythonValues.truth(arguments.get(MAX_ARGUMENTS, "ensure_ascii", false))) {
            throw new JinjaException("of the filter tojson only the argument indent is supported");
        }
        return JsonText.of(defined(value), arguments.whole(MAX_ARGUMENTS, "indent", -1));
    }

    private static Object method(Object value, String name) {
        return PythonStrings.call(PythonValues.text(value), name, List.of());
    }

    private static Object length(Object value) {
        return value instanceof Map<?, ?> map
                ? (Object) (long) map.size()
                : (long) PythonValues.elements(value).size();
    }

    private static Object items(Object value) {
        if (value instanceof Map<?, ?> map) {
            return PythonObjects.items(map);
        }
        throw new JinjaException("the filter items needs a mapping, not " + PythonValues.typeName(value));
    }

    private static Object sortedItems(Object value) {
        Map<String, Object> sorted =
                new TreeMap<>(String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder()));
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("the filter dictsort needs a mapping, not " + PythonValues.typeName(value));
        }
        map.forEach((key, element) -> sorted.put(PythonValues.text(key), element));
        return PythonObjects.items(sorted);
    }

    private static Object orDefault(Object value, Arguments arguments) {
        boolean alsoIfFalse = PythonValues.truth(arguments.get(1, "boolean", false));
        boolean missing = value instanceof Undefined || (alsoIfFalse && !PythonValues.truth(value));
        return missing ? arguments.get(0, "default_value", "") : value;
    }

    private static Object map(Object value, Arguments arguments) {
        String attribute =
                PythonValues.text(arguments.get(MAX_ARGUMENTS, "attribute", new Undefined("attribute of map")));
        return PythonValues.elements(value).stream()
                .map(element -> PythonObjects.attribute(element, attribute))
                .toList();
    }

    /** By an attribute's truth, or by a test of it. */
    private static Object choose(Object value, Arguments arguments, boolean chosen) {
        String attribute = PythonValues.text(arguments.get(0, "", new Undefined("attribute")));
        String test = PythonValues.text(arguments.get(1, "", "truth"));
        Object operand = arguments.get(2, "", None.NONE);
        List<Object> elements = PythonValues.truth(value) ? PythonValues.elements(value) : List.of();
        return elements.stream()
                .filter(element ->
                        PythonTests.holds(test, PythonObjects.attribute(element, attribute), operand) == chosen)
                .toList();
    }

    private interface Function {
        Object apply(Object value, Arguments arguments);
    }

    private record Arguments(List<Object> positional, Map<String, Object> named) {

        Object get(int index, String name, Object otherwise) {
            return index < positional.size() ? positional.get(index) : named.getOrDefault(name, otherwise);
        }

        int whole(int index, String name, int otherwise) {
            return get(index, name, otherwise) instanceof Number number ? number.intValue() : otherwise;
        }
    }

    private record Own(String name, Function function) implements AdvancedFilter {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public Object filter(
                @Nullable Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
            if (value == null) {
                throw new JinjaException("the filter " + name + " was given a missing value");
            }
            return function.apply(value, new Arguments(List.of(arguments), named));
        }
    }
}
