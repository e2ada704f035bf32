package io.vitrine.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.observability.catalogue.Catalogue.Section;

/** How the catalogue is written. */
enum CatalogueFormat {
    /** One thing a paragraph, for a terminal: a name, and below it what there is to say. */
    TABLE,
    /** For programs: an object with a list of objects for each section. */
    JSON,
    /** The page {@code docs/telemetry.md}. */
    MARKDOWN;

    /** How to make the page again, for whoever finds it stale. */
    static final String REGENERATE = "./vitrine telemetry --format markdown > docs/telemetry.md";

    private static final String PAGE_HEAD = """
            # Telemetry

            Everything that Vitrine measures, traces and logs. This page is made from the catalogue in the code, by
            `%s`; a test fails when the two differ.

            The four histograms that objectives are set on have buckets at most 5 %% apart where an objective can be: time to
            first token from 1 ms to 100 s, request duration from 100 ms to 100 s, gap between tokens and time per output
            token from 1 ms to 1 s. A quantile read from them there is off by at most 5 %%, whatever the distribution, and
            1, 2 and 5 of each decade are bounds. Below and above, and in all other histograms of time, buckets are a factor
            of 2 apart, from 0.1 ms or 1 ms to hours. One model that answers chats and completions for several tenants has at
            most 3 000 series, after every kind of error too (a test drives that traffic): 2 500 in plain text and 2 850 in
            OpenMetrics, of which 1 300 are the fine buckets: 580 for each route that is used, and 160 for the gap between
            tokens. Errors have no buckets of their own: `vitrine_requests_total` counts them by type,
            `vitrine_request_duration_seconds` has their times by outcome.

            OpenMetrics has for each counter and histogram when it began at 0 (`_created`), OTLP the start time of each
            series: a counter that begins again is seen as such. Exemplars name a kept trace, on request duration, time to
            first token, tokens of a request, queue time, gap between tokens and time per output token.

            Units are those of the Unified Code for Units of Measure, as OTLP sends them; what is counted stands in braces.
            A Prometheus name ends with the unit's word: seconds, bytes, joules, tokens.

            For an endpoint picker that speaks the Gateway API inference extension's model server protocol, the three gauges
            it needs are `vitrine_engine_waiting_sequences` (total queued requests), `vitrine_engine_running_sequences` (total
            running requests) and `vitrine_kv_utilization_ratio` (KV-cache utilization, 0 to 1); or switch vLLM's names on and
            leave the picker's defaults.

            Meters are pushed by OTLP as soon as `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` is
            set; `_PROTOCOL` (`http/protobuf`, the default, or `grpc`), `_HEADERS`, `_TIMEOUT`, `OTEL_METRIC_EXPORT_INTERVAL`,
            `OTEL_METRICS_EXPORTER=none`, `OTEL_SDK_DISABLED`, `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are heeded.
            """.formatted(REGENERATE);

    private static final int INDENT = 14;

    String print(List<Section> sections) {
        return switch (this) {
            case TABLE -> asTable(sections);
            case JSON -> asJson(sections);
            case MARKDOWN -> asMarkdown(sections);
        };
    }

    /** As on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String asTable(List<Section> sections) {
        StringBuilder text = new StringBuilder();
        for (Section section : sections) {
            text.append(section.title())
                    .append('\n')
                    .append("=".repeat(section.title().length()))
                    .append("\n");
            for (List<String> row : section.rows()) {
                text.append('\n').append(row.get(0)).append('\n');
                for (int column = 1; column < row.size(); column++) {
                    if (!row.get(column).isEmpty()) {
                        String name = section.columns().get(column).toLowerCase(Locale.ROOT);
                        text.append("  ").append(name).append(" ".repeat(INDENT - name.length()));
                        text.append(row.get(column)).append('\n');
                    }
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String asJson(List<Section> sections) {
        Map<String, List<Map<String, String>>> catalogue = new LinkedHashMap<>();
        for (Section section : sections) {
            List<Map<String, String>> rows = new ArrayList<>();
            for (List<String> row : section.rows()) {
                Map<String, String> named = new LinkedHashMap<>();
                for (int column = 0; column < row.size(); column++) {
                    named.put(
                            section.columns()
                                    .get(column)
                                    .toLowerCase(Locale.ROOT)
                                    .replace(' ', '_'),
                            row.get(column));
                }
                rows.add(named);
            }
            catalogue.put(section.key(), rows);
        }
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(catalogue) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a catalogue of strings cannot be written", e);
        }
    }

    private static String asMarkdown(List<Section> sections) {
        return PAGE_HEAD + sections.stream().map(CatalogueFormat::markdownOf).collect(Collectors.joining());
    }

    private static String markdownOf(Section section) {
        StringBuilder text = new StringBuilder();
        text.append("\n## ")
                .append(section.title())
                .append("\n\n")
                .append(section.introduction())
                .append("\n\n");
        text.append(line(section.columns()));
        text.append(line(section.columns().stream().map(column -> "---").toList()));
        for (List<String> row : section.rows()) {
            List<String> cells = new ArrayList<>(row);
            cells.set(0, "`" + row.get(0) + "`");
            text.append(line(cells));
        }
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
