package io.vitrine.observability.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

import static java.util.Objects.requireNonNull;

/** One thing for each value of an enum, made at once: a lookup cannot miss and makes nothing. */
final class PerValue<E extends Enum<E>, T> {

    private final Map<E, T> things;

    PerValue(Class<E> type, Function<E, T> maker) {
        things = new EnumMap<>(type);
        for (E value : type.getEnumConstants()) {
            things.put(value, maker.apply(value));
        }
    }

    T of(E value) {
        return requireNonNull(things.get(value));
    }
}
