package io.vitrine.observability.catalogue;

import java.util.Map;

/**
 * Unit of a meter's values, in the spelling of each format.
 *
 * @param suffix the word that Prometheus's name ends with, plural; empty for a bare count
 * @param ucum the code of the Unified Code for Units of Measure, sent by OTLP: {@code s}, {@code By}, {@code {token}}
 */
public record MeterUnit(String suffix, String ucum) {

    /** Suffixes that are units of measure; a suffix that is not among them names what is counted. */
    private static final Map<String, String> UCUM_BY_SUFFIX = Map.of(
            MeterDefinition.SECONDS,
            "s",
            "bytes",
            "By",
            "ratio",
            "1",
            "joules",
            "J",
            "watts",
            "W",
            "celsius",
            "Cel",
            "megahertz",
            "MHz",
            "bytes_per_second",
            "By/s");

    /**
     * A unit by its suffix, or for a bare count by its UCUM code.
     *
     * @param unit a suffix ({@code seconds}, {@code tokens}), or a code that begins with an annotation ({@code {request}})
     */
    static MeterUnit of(String unit) {
        return unit.startsWith("{") ? new MeterUnit("", unit) : new MeterUnit(unit, ucumOf(unit));
    }

    /** The code of a plural word: {@code By} for bytes, {@code {token}} for tokens; {@code 1} for none. */
    public static String ucumOf(String plural) {
        if (plural.isEmpty()) {
            return "1";
        }
        return UCUM_BY_SUFFIX.getOrDefault(plural, '{' + singular(plural) + '}');
    }

    private static String singular(String plural) {
        if (plural.endsWith("sses")) {
            return plural.substring(0, plural.length() - 2);
        }
        return plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
    }
}
