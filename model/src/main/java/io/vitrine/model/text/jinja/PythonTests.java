package io.vitrine.model.text.jinja;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import org.jspecify.annotations.Nullable;

/** The tests ({@code x is defined}) a template may use. */
final class PythonTests {

    private static final Map<String, BiPredicate<@Nullable Object, Object>> PREDICATES = predicates();

    static final Set<String> NAMES = PREDICATES.keySet();

    private PythonTests() {}

    static List<? extends ExpTest> all() {
        return NAMES.stream().map(Test::new).toList();
    }

    /**
     * Whether a value passes a test.
     *
     * @param operand what stands after the name of the test, for those that compare
     */
    static boolean holds(String test, @Nullable Object value, Object operand) {
        BiPredicate<@Nullable Object, Object> predicate = PREDICATES.get(test);
        if (predicate == null) {
            throw new JinjaException("the test '" + test + "' is not supported");
        }
        return predicate.test(value, operand);
    }

    private static Map<String, BiPredicate<@Nullable Object, Object>> predicates() {
        Map<String, BiPredicate<@Nullable Object, Object>> tests = new LinkedHashMap<>();
        put(tests, "defined", value -> !(value instanceof Undefined));
        put(tests, "undefined", value -> value instanceof Undefined);
        put(tests, "none", value -> value instanceof None);
        put(tests, "string", value -> value instanceof CharSequence);
        put(tests, "mapping", value -> value instanceof Map);
        put(tests, "iterable", PythonTests::isSequence);
        put(tests, "sequence", PythonTests::isSequence);
        put(tests, "number", value -> value instanceof Number || value instanceof Boolean);
        put(tests, "integer", value -> value instanceof Long || value instanceof Integer);
        put(tests, "float", value -> value instanceof Double);
        put(tests, "boolean", value -> value instanceof Boolean);
        put(tests, "true", Boolean.TRUE::equals);
        put(tests, "false", Boolean.FALSE::equals);
        put(tests, "odd", value -> value instanceof Number number && Math.floorMod(number.longValue(), 2L) == 1);
        put(tests, "even", value -> value instanceof Number number && Math.floorMod(number.longValue(), 2L) == 0);
        put(tests, "truth", PythonValues::truth);
        for (String name : List.of("eq", "equalto", "==")) {
            tests.put(name, PythonValues::equal);
        }
        tests.put("ne", (value, operand) -> !PythonValues.equal(value, operand));
        tests.put("in", (value, operand) -> PythonValues.contains(operand, value));
        return Map.copyOf(tests);
    }

    private static void put(
            Map<String, BiPredicate<@Nullable Object, Object>> tests, String name, Predicate<@Nullable Object> test) {
        tests.put(name, (value, operand) -> test.test(value));
    }

    private static boolean isSequence(@Nullable Object value) {
        return value instanceof CharSequence || value instanceof Collection || value instanceof Map;
    }

    private record Test(String name) implements ExpTest {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean evaluate(@Nullable Object value, JinjavaInterpreter interpreter, Object... arguments) {
            return holds(name, value, arguments.length > 0 ? arguments[0] : None.NONE);
        }
    }
}
