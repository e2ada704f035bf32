package io.vitrine.alerting.rules;

import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with {@code {{ value }}}, {@code {{ value | percent }}} (or {@code duration}, {@code bytes}) and {@code {{
 * labels.model }}} in it.
 */
public final class Template {

    private static final Pattern FIELD =
            Pattern.compile("\\{\\{\\s*(?:(value)\\s*(?:\\|\\s*(\\w+))?|labels\\.([a-zA-Z_]\\w*))\\s*}}");
    private static final double KIBI = 1024;

    private enum Format {
        NUMBER("humanize") {
            @Override
            String of(double value) {
                return value == Math.rint(value) && Math.abs(value) < 1e15
                        ? String.format(Locale.ROOT, "%.0f", value)
                        : String.format(Locale.ROOT, "%.4g", value);
            }
        },
        PERCENT("humanizePercentage") {
            @Override
            String of(double value) {
                return String.format(Locale.ROOT, "%.4g%%", value * 100);
            }
        },
        DURATION("humanizeDuration") {
            @Override
            String of(double value) {
                if (!Double.isFinite(value) || Math.abs(value) < 60) {
                    return String.format(
                            Locale.ROOT,
                            Math.abs(value) < 1 ? "%.0f ms" : "%.1f s",
                            Math.abs(value) < 1 ? value * 1e3 : value);
                }
                long seconds = Math.round(value);
                return seconds < 3600
                        ? seconds / 60 + " min " + seconds % 60 + " s"
                        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
            }
        },
        BYTES("humanize1024") {
            @Override
            String of(double value) {
                String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
                double scaled = value;
                int unit = 0;
                while (Math.abs(scaled) >= KIBI && unit < units.length - 1) {
                    scaled /= KIBI;
                    unit++;
                }
                return String.format(Locale.ROOT, "%.4g %s", scaled, units[unit]);
            }
        };

        private final String prometheusName;

        Format(String prometheusName) {
            this.prometheusName = prometheusName;
        }

        abstract String of(double value);
    }

    private final String text;

    private Template(String text) {
        this.text = text;
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if something in braces is not understood
     */
    public static Template parse(String text) {
        String rest = FIELD.matcher(text).replaceAll("");
        if (rest.contains("{{") || rest.contains("}}")) {
            throw new IllegalArgumentException(
                    "not understood; there are {{ value | percent }} and {{ labels.name }}: " + text);
        }
        FIELD.matcher(text).results().forEach(Template::format);
        return new Template(text);
    }

    private static Format format(MatchResult field) {
        String name = field.group(2);
        if (name == null) {
            return Format.NUMBER;
        }
        for (Format format : Format.values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException("a value is shown as number, percent, duration or bytes, not " + name);
    }

    /** The text with the numbers and labels of one alert. */
    public String fill(double value, Map<String, String> labels) {
        return FIELD.matcher(text)
                .replaceAll(field -> Matcher.quoteReplacement(
                        field.group(1) == null
                                ? labels.getOrDefault(field.group(3), "")
                                : format(field).of(value)));
    }

    /** The same in Prometheus's template language. */
    String prometheus() {
        return FIELD.matcher(text)
                .replaceAll(field -> Matcher.quoteReplacement(
                        field.group(1) == null
                                ? "{{ $labels." + field.group(3) + " }}"
                                : "{{ $value | " + format(field).prometheusName + " }}"));
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
