package io.vitrine.observability.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads the Prometheus text format, or OpenMetrics, as its specification has it, and fails on what is not allowed. Written
 * from the specification, not from the writer that it checks.
 */
public final class PrometheusText {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
    private static final String LABELS = "\\{(?:" + LABEL + "(?:," + LABEL + ")*,?)?\\}";
    private static final String NUMBER = "[-+]?(?:[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?|Inf)|NaN";
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(" + LABELS + ")? (" + NUMBER + ")(?: [0-9.]+)?");
    private static final Pattern METADATA = Pattern.compile("# (HELP|TYPE|UNIT) (" + NAME + ")(?: (.*))?");
    private static final List<String> SUFFIXES =
            List.of("", "_total", "_bucket", "_count", "_sum", "_created", "_info");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Set<String> metadata = new HashSet<>();

    private PrometheusText() {}

    /** Reads text 0.0.4. */
    public static PrometheusText parse(String text) {
        assertThat(text).endsWith("\n").doesNotContain("# EOF");
        return read(text);
    }

    /** Reads OpenMetrics 1.0, which must end with {@code # EOF}. */
    public static PrometheusText parseOpenMetrics(String text) {
        String end = "# EOF\n";
        assertThat(text).endsWith(end).containsOnlyOnce("# EOF");
        return read(text.substring(0, text.length() - end.length()));
    }

    /** Value of a series, spelled as in the text: {@code name{a="b"}}. */
    public double value(String series) {
        Double value = samples.get(series);
        assertThat(value).as(series).isNotNull();
        return value;
    }

    /** Series by name, labels included. */
    public Map<String, Double> samples() {
        return samples;
    }

    /** Type of a family. */
    public String type(String family) {
        String type = types.get(family);
        assertThat(type).as(family).isNotNull();
        return type;
    }

    public Set<String> families() {
        return types.keySet();
    }

    private static PrometheusText read(String text) {
        PrometheusText parsed = new PrometheusText();
        text.lines().forEach(parsed::line);
        parsed.checkHistograms();
        return parsed;
    }

    private void line(String line) {
        if (line.startsWith("#")) {
            metadata(line);
        } else {
            sample(line);
        }
    }

    private void metadata(String line) {
        Matcher matcher = METADATA.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        assertThat(metadata.add(matcher.group(1) + ' ' + matcher.group(2)))
                .as("once a family: " + line)
                .isTrue();
        if (matcher.group(1).equals("TYPE")) {
            types.put(matcher.group(2), matcher.group(3));
        }
    }

    private void sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        String name = matcher.group(1);
        assertThat(SUFFIXES.stream()
                        .filter(name::endsWith)
                        .map(suffix -> name.substring(0, name.length() - suffix.length()))
                        .anyMatch(types::containsKey))
                .as("a type before: " + line)
                .isTrue();
        String series = name + (matcher.group(2) == null ? "" : matcher.group(2));
        assertThat(samples.put(series, number(matcher.group(3))))
                .as("once a series: " + line)
                .isNull();
    }

    /** Buckets grow, end with {@code +Inf}, and the last holds the count. */
    private void checkHistograms() {
        Map<String, Double> last = new HashMap<>();
        samples.forEach((series, value) -> {
            if (series.contains("_bucket{")) {
                String histogram = series.replaceAll(",?le=\"[^\"]*\"", "").replace("{}", "");
                assertThat(value).as(series).isGreaterThanOrEqualTo(last.getOrDefault(histogram, 0.0));
                last.put(histogram, value);
            }
        });
        last.forEach((histogram, value) -> {
            assertThat(value(histogram.replace("_bucket", "_count"))).isEqualTo(value);
        });
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
