package io.vitrine.model.text.jinja;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * Attributes, elements and methods of the values that a template can hold.
 *
 * <p>A closed world: mappings, lists, strings and the loop. jinjava's own resolver would offer every public method of the Java
 * object behind a value, to a template that came from anywhere.
 */
final class PythonObjects extends ELResolver {

    @Override
    public Object getValue(ELContext context, @Nullable Object base, Object property) {
        context.setPropertyResolved(true);
        return attribute(base, String.valueOf(property));
    }

    /** The attribute or element of a value; {@link Undefined} if it has none of that name. */
    static Object attribute(@Nullable Object base, String name) {
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        } else if (base instanceof Map<?, ?> map) {
            return map.containsKey(name) ? map.get(name) : new Undefined(name);
        } else if (base instanceof List<?> list) {
            return element(list, name);
        } else if (base instanceof CharSequence text) {
            return element(PythonValues.elements(text), name);
        } else if (base instanceof PythonLoop loop) {
            return loop.attribute(name);
        }
        return new Undefined(name);
    }

    private static Object element(List<?> list, String name) {
        if (!name.matches("-?\\d{1,9}")) {
            return new Undefined(name);
        }
        int index = Integer.parseInt(name);
        int place = index < 0 ? index + list.size() : index;
        return place >= 0 && place < list.size() ? list.get(place) : new Undefined("element " + name + " of a list");
    }

    @Override
    public Object invoke(
            ELContext context,
            Object base,
            Object method,
            Class<?> @Nullable [] types,
            Object @Nullable [] parameters) {
        if (base instanceof Filter || base instanceof ExpTest) {
            return JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY.invoke(
                    context, base, method, types, parameters);
        }
        context.setPropertyResolved(true);
        String name = String.valueOf(method);
        List<Object> arguments = parameters == null ? List.of() : Arrays.asList(parameters);
        if (name.equals(ExpressionText.REVERSED)) {
            return reversed(base);
        } else if (base instanceof CharSequence text) {
            return PythonStrings.call(text.toString(), name, arguments);
        } else if (base instanceof Map<?, ?> map) {
            return ofMapping(map, name, arguments);
        } else if (base instanceof List<?> list && name.equals("append") && arguments.size() == 1) {
            return append(list, arguments.get(0));
        }
        throw new JinjaException("the method '" + name + "' of " + PythonValues.typeName(base) + " is not supported");
    }

    static Object reversed(Object base) {
        List<Object> elements = new ArrayList<>(PythonValues.elements(base));
        Collections.reverse(elements);
        return base instanceof CharSequence
                ? String.join("", elements.stream().map(PythonValues::text).toList())
                : elements;
    }

    private static Object ofMapping(Map<?, ?> map, String method, List<Object> arguments) {
        return switch (method) {
            case "get" -> get(map, arguments);
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "items" -> items(map);
            default -> throw new JinjaException("the mapping method '" + method + "' is not supported");
        };
    }

    private static Object get(Map<?, ?> map, List<Object> arguments) {
        if (arguments.isEmpty() || arguments.size() > 2) {
            throw new JinjaException("get takes one or two arguments: " + arguments.size());
        }
        Object value = map.get(arguments.get(0));
        if (value != null) {
            return value;
        }
        return arguments.size() == 2 ? arguments.get(1) : None.NONE;
    }

    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(new ArrayList<Object>(Arrays.asList(key, value))));
        return items;
    }

    @SuppressWarnings("unchecked")
    private static Object append(List<?> list, Object element) {
        ((List<Object>) list).add(element);
        return None.NONE;
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        return Object.class;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        throw new JinjaException("a template cannot change '" + property + "'");
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return Collections.emptyIterator();
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }
}
