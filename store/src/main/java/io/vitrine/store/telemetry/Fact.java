package io.vitrine.store.telemetry;

/** A text among a row's attributes or labels, which are JSON without white space between what it is made of. */
public record Fact(String key, String value) {

    /** As it stands in the JSON. */
    String json() {
        return quoted(key) + ":" + quoted(value);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
