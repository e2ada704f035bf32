package io.vitrine.model.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The key-value pairs of a GGUF file, typed on the way out.
 *
 * <p>Values are {@link Long}, {@link Double}, {@link Boolean}, {@link String}, or for arrays {@code int[]}, {@code float[]}
 * and {@code List<String>}; other arrays are not kept. Keys are those of the GGUF specification, such as
 * {@code tokenizer.ggml.merges}.
 */
public record GgufMetadata(Map<String, Object> values) {

    public GgufMetadata {
        values = Map.copyOf(values);
    }

    public Optional<String> string(String key) {
        return find(key, String.class);
    }

    public Optional<Long> integer(String key) {
        return find(key, Long.class);
    }

    /** A floating-point value; an integer is widened. */
    public Optional<Double> number(String key) {
        return find(key, Number.class).map(Number::doubleValue);
    }

    /** A boolean; 0 and 1 of any integer type are false and true. */
    public Optional<Boolean> flag(String key) {
        return values.get(key) instanceof Long number && (number == 0 || number == 1)
                ? Optional.of(number == 1)
                : find(key, Boolean.class);
    }

    @SuppressWarnings("unchecked") // the reader puts only strings into lists
    public Optional<List<String>> strings(String key) {
        return find(key, List.class).map(list -> (List<String>) list);
    }

    public Optional<int[]> integers(String key) {
        return find(key, int[].class).map(int[]::clone);
    }

    private <T> Optional<T> find(String key, Class<T> type) {
        Object value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new ModelFormatException("GGUF metadata " + key + " should be a " + type.getSimpleName() + ", is a "
                    + value.getClass().getSimpleName());
        }
        return Optional.of(type.cast(value));
    }
}
