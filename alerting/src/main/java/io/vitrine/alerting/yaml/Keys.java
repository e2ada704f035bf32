package io.vitrine.alerting.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;

/** Refuses keys that are not known: a setting that is left out in silence is found in production. */
public final class Keys {

    private Keys() {}

    /**
     * Checks the keys of an object.
     *
     * @throws IllegalArgumentException if it is no object, or has a key that is not allowed; the message names the nearest
     */
    public static void require(JsonNode node, Collection<String> allowed, String where) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(where + " must be keys with values: " + node);
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!allowed.contains(key)) {
                throw new IllegalArgumentException(
                        where + ": unknown key " + key + "; did you mean " + nearest(key, allowed) + "?");
            }
        });
    }

    /** The one that differs in the fewest characters. */
    public static String nearest(String name, Collection<String> known) {
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .orElse("");
    }

    /** Levenshtein's. */
    private static int distance(String one, String other) {
        int[] row = IntStream.rangeClosed(0, other.length()).toArray();
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
