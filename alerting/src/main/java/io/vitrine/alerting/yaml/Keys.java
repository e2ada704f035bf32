package io.vitrine.alerting.yaml;

import java.util.Collection;

import com.fasterxml.jackson.databind.JsonNode;

/** Refuses keys that are not known: a setting that is left out in silence is found in production. */
public final class Keys {

    private Keys() {}

    /**
     * Checks the keys of an object.
     *
     * @throws IllegalArgumentException if it is no object, or has a key that is not allowed; the message names the
     *      nearest
     */
    public static void require(JsonNode node, Collection<String> allowed, String where) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(where + " must be keys with values: " + node);
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!allowed.contains(key)) {
                throw new IllegalArgumentException(where + ": unknown key " + key + Nearest.hint(key, allowed));
            }
        });
    }
}
