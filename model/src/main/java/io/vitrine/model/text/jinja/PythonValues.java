package io.vitrine.model.text.jinja;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.hubspot.jinjava.util.HasObjectTruthValue;
import org.jspecify.annotations.Nullable;

/**
 * Truth, equality, sums and text of values as Python has them.
 *
 * <p>jinjava differs in ways that change a prompt and give no error: the text {@code false} counts as false, {@code and} gives
 * a boolean instead of an operand, {@code '1' == 1}, and a missing value is added to a text as {@code null}.
 */
final class PythonValues {

    private PythonValues() {}

    static boolean truth(@Nullable Object value) {
        if (value == null) {
            return false;
        } else if (value instanceof HasObjectTruthValue own) {
            return own.getObjectTruthValue();
        } else if (value instanceof Boolean bool) {
            return bool;
        } else if (value instanceof Number number) {
            return number.doubleValue() != 0;
        } else if (value instanceof CharSequence text) {
            return text.length() > 0;
        } else if (value instanceof Map<?, ?> map) {
            return !map.isEmpty();
        }
        return !(value instanceof Collection<?> collection) || !collection.isEmpty();
    }

    /** Python's {@code ==}: numbers by value, True as 1, other types never equal to each other. */
    static boolean equal(@Nullable Object left, @Nullable Object right) {
        Object a = asNumber(left);
        Object b = asNumber(right);
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        } else if (a instanceof List<?> x && b instanceof List<?> y) {
            return x.size() == y.size() && allEqual(x, y);
        }
        return Objects.equals(a, b);
    }

    private static boolean allEqual(List<?> left, List<?> right) {
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Object asNumber(@Nullable Object value) {
        return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
    }

    /** Python's {@code in}: a part of a text, a key of a mapping, an element of a list. */
    static boolean contains(@Nullable Object container, @Nullable Object item) {
        if (container instanceof CharSequence text) {
            return text.toString().contains(text(item));
        } else if (container instanceof Map<?, ?> map) {
            return map.containsKey(item);
        } else if (container instanceof Collection<?> collection) {
            return collection.stream().anyMatch(element -> equal(element, item));
        } else if (container instanceof Undefined) {
            return false;
        }
        throw new JinjaException("cannot look for something in " + typeName(container));
    }

    /** Python's {@code +}: of two texts, two lists or two numbers. */
    static Object sum(@Nullable Object left, @Nullable Object right) {
        if (left instanceof CharSequence && right instanceof CharSequence) {
            return joined(left.toString(), right.toString());
        } else if (left instanceof Collection<?> first && right instanceof Collection<?> second) {
            if (first.size() + second.size() > JinjaTemplate.MAX_ELEMENTS) {
                throw new JinjaException("a list may have at most " + JinjaTemplate.MAX_ELEMENTS + " elements");
            }
            List<Object> all = new ArrayList<>(first);
            all.addAll(second);
            return all;
        } else if (left instanceof Number x && right instanceof Number y) {
            return sum(x, y);
        }
        throw new JinjaException("cannot add " + typeName(left) + " and " + typeName(right));
    }

    /** The second text after the first. */
    static String joined(String first, String second) {
        requireTextFits((long) first.length() + second.length());
        return first + second;
    }

    static void requireTextFits(long chars) {
        if (chars > JinjaTemplate.MAX_OUTPUT_CHARS) {
            throw new JinjaException("a text may have at most " + JinjaTemplate.MAX_OUTPUT_CHARS + " characters");
        }
    }

    private static Object sum(Number left, Number right) {
        return isWhole(left) && isWhole(right)
                ? (Object) Math.addExact(left.longValue(), right.longValue())
                : left.doubleValue() + right.doubleValue();
    }

    private static boolean isWhole(Number value) {
        return value instanceof Long || value instanceof Integer;
    }

    /**
     * Python's {@code str}, of values whose text is the same in every version of it.
     *
     * @throws JinjaException for undefined names, lists and mappings
     */
    static String text(@Nullable Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        } else if (value instanceof Boolean bool) {
            return bool ? "True" : "False";
        } else if (value instanceof CharSequence || value instanceof Number || value instanceof None) {
            return value.toString();
        }
        throw new JinjaException("cannot write " + typeName(value) + " as text; use the filter tojson");
    }

    /** The elements that a loop goes over: of a list, the keys of a mapping, the characters of a text. */
    static List<Object> elements(@Nullable Object value) {
        if (value instanceof Undefined) {
            return List.of();
        } else if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        } else if (value instanceof Collection<?> collection) {
            return new ArrayList<>(collection);
        } else if (value instanceof CharSequence text) {
            return text.codePoints()
                    .mapToObj(c -> (Object) Character.toString(c))
                    .toList();
        }
        throw new JinjaException("cannot loop over " + typeName(value));
    }

    static String typeName(@Nullable Object value) {
        if (value == null) {
            return "a missing value";
        } else if (value instanceof Undefined undefined) {
            return "'" + undefined.name() + "', which is undefined,";
        } else if (value instanceof CharSequence) {
            return "a string";
        } else if (value instanceof Map<?, ?>) {
            return "a mapping";
        } else if (value instanceof Collection<?>) {
            return "a list";
        }
        return value instanceof None ? "None" : value instanceof Boolean ? "a boolean" : "a number";
    }

    /** A value from Java as templates see it: {@code null} is None, also inside lists and mappings. */
    static Object fromJava(@Nullable Object value) {
        if (value == null) {
            return None.NONE;
        } else if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(key, fromJava(element)));
            return copy;
        } else if (value instanceof Collection<?> collection) {
            return new ArrayList<>(
                    collection.stream().map(PythonValues::fromJava).toList());
        }
        return value;
    }
}
