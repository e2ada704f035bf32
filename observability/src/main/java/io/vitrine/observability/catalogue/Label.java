package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A label of a meter, and what bounds its values. The empty value is always allowed and means "not known": Prometheus
 * takes it for an absent label.
 *
 * @param values all it may have besides the empty one; empty if they come from the configuration, never from a client
 */
public record Label(String key, String meaning, List<String> values) {

    public Label {
        values = List.copyOf(values);
    }

    /** A label whose values are named in the configuration. */
    static Label configured(String key, String meaning) {
        return new Label(key, meaning, List.of());
    }

    /** A label with a closed set of values. */
    static Label of(String key, String meaning, String... values) {
        return new Label(key, meaning, List.of(values));
    }

    /** A label whose values are those of an enum. */
    static <E extends Enum<E>> Label of(String key, String meaning, Class<E> type, Function<E, String> value) {
        List<String> values = Arrays.stream(type.getEnumConstants())
                .map(value)
                .filter(text -> !text.isEmpty())
                .distinct()
                .toList();
        return new Label(key, meaning, values);
    }

    /** As Prometheus shows the key. */
    public String prometheusName() {
        return key.replace('.', '_');
    }

    /** Whether the label may have this value. */
    public boolean allows(String value) {
        return value.isEmpty() || values.isEmpty() || values.contains(value);
    }
}
