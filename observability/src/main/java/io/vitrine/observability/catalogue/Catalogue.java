package io.vitrine.observability.catalogue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that can be measured, traced and logged, as tables for people; whoever adds a kind of thing adds a line here. */
public final class Catalogue {

    /** Of how many bounds a histogram is described by its ends. */
    private static final int FEW_BUCKETS = 6;

    private static final Map<String, MeterDefinition> METERS_BY_NAME = meters().collect(
                    Collectors.toUnmodifiableMap(MeterDefinition::name, Function.identity(), (first, same) -> first));

    private Catalogue() {}

    /**
     * A table of the catalogue.
     *
     * @param key short name, for programs
     * @param introduction some sentences
     * @param columns their names
     * @param rows one value for each column
     */
    public record Section(
            String key, String title, String introduction, List<String> columns, List<List<String>> rows) {

        public Section {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }
    }

    /** The definition of a meter, by its dotted name; absent if it is a library's. */
    public static Optional<MeterDefinition> meter(String name) {
        return Optional.ofNullable(METERS_BY_NAME.get(name));
    }

    /** Every meter that a server can have, whatever its machine and settings. */
    public static Stream<MeterDefinition> meters() {
        return Stream.of(Meters.all(), VllmMeters.all(), HostViewMeters.all(), GpuMeters.all(), DcgmMeters.all())
                .flatMap(List::stream);
    }

    /** All of it, in the order in which a reader wants it. */
    public static List<Section> sections() {
        return List.of(
                meters(
                        "metrics",
                        "Metrics",
                        "Served on `/metrics` as Prometheus text or OpenMetrics, with exemplars in the latter, and pushed by "
                                + "OTLP under the dotted names. An empty label value means \"not known\". A histogram has a "
                                + "`_max` gauge beside it: the largest value of the last minutes. Meters of Vert.x, the JVM "
                                + "and the process (`vertx_*`, `jvm_*`, `process_*`, `system_*`) come from their libraries.",
                        Meters.all()),
                meters(
                        "vllm_metrics",
                        "Metrics under vLLM's names",
                        "The same numbers, told too where `telemetry.metrics.vllm-names` is `true`.",
                        VllmMeters.all()),
                meters(
                        "host_view_metrics",
                        "Host metrics",
                        "Of the machine, where one would look for a GPU's; what it does not tell has no series: power and energy "
                                + "only where the user may read RAPL's counters, bandwidth only where a model runs on the "
                                + "processor.",
                        HostViewMeters.all()),
                meters(
                        "gpu_metrics",
                        "GPU metrics",
                        "Of each NVIDIA GPU, read from the driver; what a card lacks has no series, and a machine without one has "
                                + "none of these. Where numbers share a name, `part` tells them apart.",
                        GpuMeters.all()),
                meters(
                        "dcgm_metrics",
                        "GPU metrics under the DCGM exporter's names",
                        "The same numbers in the exporter's units, told too where `gpu.dcgm-names` is `true`.",
                        DcgmMeters.all()),
                reserved(),
                spans(),
                spanEvents(),
                spanAttributes(),
                events(),
                logFields());
    }

    private static Section meters(String key, String title, String introduction, List<MeterDefinition> meters) {
        return new Section(
                key,
                title,
                introduction,
                List.of("Prometheus", "OTLP", "Type", "Unit", "Meaning", "Labels", "Buckets"),
                meters.stream().map(Catalogue::row).toList());
    }

    private static List<String> row(MeterDefinition meter) {
        return List.of(
                meter.prometheusName(),
                meter.name(),
                meter.kind().prometheusType(),
                meter.unit().ucum(),
                meter.meaning(),
                meter.labels().stream().map(Catalogue::label).collect(Collectors.joining("; ")),
                buckets(meter.buckets()));
    }

    private static String label(Label label) {
        String values = label.values().isEmpty() ? "from the configuration" : String.join(", ", label.values());
        return label.prometheusName() + " (" + values + ")";
    }

    private static String buckets(List<Double> buckets) {
        if (buckets.size() <= FEW_BUCKETS) {
            return buckets.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        return buckets.size() + ", " + buckets.get(0) + " to " + buckets.get(buckets.size() - 1);
    }

    private static Section reserved() {
        return new Section(
                "reserved_metrics",
                "Names that nothing emits yet",
                "Their place is kept; no scrape has them until what fills them is there.",
                List.of("OTLP", "Type", "Unit", "Meaning", "Filled by"),
                ReservedMeters.all().stream()
                        .map(meter -> List.of(
                                meter.name(),
                                meter.kind().prometheusType(),
                                MeterUnit.ucumOf(meter.unit()),
                                meter.meaning(),
                                meter.filledBy()))
                        .toList());
    }

    private static Section spans() {
        return new Section(
                "spans",
                "Spans",
                "Which stands below which, and what is kept of them, is in `observability/README.md`.",
                List.of("Span", "Meaning"),
                Arrays.stream(SpanName.values())
                        .map(span -> List.of(span.label(), span.meaning()))
                        .toList());
    }

    private static Section spanEvents() {
        return new Section(
                "span_events",
                "Span events",
                "What a span notes at a moment.",
                List.of("Event", "Meaning"),
                Arrays.stream(SpanEvent.values())
                        .map(event -> List.of(event.label(), event.meaning()))
                        .toList());
    }

    private static Section spanAttributes() {
        return new Section(
                "span_attributes",
                "Span attributes",
                "Of spans and their events; one that is not known is absent. `vitrine.gap.*` say where time of a span went "
                        + "that no child covers.",
                List.of("Attribute", "Type", "Meaning"),
                SpanAttributes.all().stream()
                        .map(attribute -> List.of(
                                attribute.key().getKey(),
                                attribute.key().getType().name().toLowerCase(Locale.ROOT),
                                attribute.meaning()))
                        .toList());
    }

    private static Section events() {
        return new Section(
                "log_events",
                "Log events",
                "What a log line can be about.",
                List.of("Event", "Category"),
                Arrays.stream(EventName.values())
                        .map(event -> List.of(event.label(), event.category().label()))
                        .toList());
    }

    private static Section logFields() {
        return new Section(
                "log_fields",
                "Log fields",
                "Fields of a line; one that is not known is absent.",
                List.of("Field", "Type", "Meaning"),
                Arrays.stream(LogField.values())
                        .map(field ->
                                List.of(field.key(), field.type().name().toLowerCase(Locale.ROOT), field.meaning()))
                        .toList());
    }
}
