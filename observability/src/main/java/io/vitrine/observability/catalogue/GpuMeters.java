package io.vitrine.observability.catalogue;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.HealthState;

import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;

/**
 * Meters of GPUs, one for each number that is read of them. Names are OpenTelemetry's hardware conventions where there is one, which
 * share a meter among several numbers and tell them apart by {@code part}; the others begin with {@code vitrine.gpu}. What a GPU lacks
 * has no series. Labels name the card: its UUID, its place in PCI order, its model.
 */
public final class GpuMeters {

    private static final Label ID = Label.configured("hw.id", "the GPU's UUID");
    private static final Label INDEX = Label.configured("gpu", "its place in PCI order, from 0");
    private static final Label MODEL = Label.configured("hw.model", "what card it is");
    private static final Label PART = Label.configured("part", "which of several of the kind");
    private static final Label STATE = Label.of(
            "hw.state", "how it is", HealthState.class, state -> state.name().toLowerCase(Locale.ROOT));

    /** 1 for the state that a GPU is in, 0 for the others. */
    public static final MeterDefinition STATUS =
            gauge("hw.status", "", "1 for the state that the GPU is in, 0 for the others.", ID, INDEX, MODEL, STATE);

    public static final MeterDefinition XIDS = counter(
            "vitrine.gpu.xids",
            "{error}",
            "Errors of the driver's list, by their number.",
            ID,
            INDEX,
            MODEL,
            Label.configured("xid", "the number"));
    public static final MeterDefinition POLL_TIME =
            gauge("vitrine.gpu.poll.time", MeterDefinition.SECONDS, "How long the last reading of all GPUs took.");
    public static final MeterDefinition INVALID_SAMPLES =
            counter("vitrine.gpu.invalid.samples", "{sample}", "Values that cannot be true, and were left out.");
    public static final MeterDefinition RESPONSIVE = gauge(
            "vitrine.gpu.driver.responsive",
            "",
            "1 while the driver answers, 0 while it does not; absent without one.");

    private static final Map<GpuMetric, MeterDefinition> OF_READINGS = new EnumMap<>(GpuMetric.class);

    static {
        for (GpuMetric metric : GpuMetric.values()) {
            OF_READINGS.put(metric, definition(metric));
        }
    }

    private GpuMeters() {}

    /** The meter of a number that is read of GPUs; its labels are UUID, index, model and {@link #part}. */
    public static MeterDefinition of(GpuMetric metric) {
        return OF_READINGS.getOrDefault(metric, STATUS);
    }

    /** All of them. */
    public static List<MeterDefinition> all() {
        return Stream.concat(
                        Stream.of(STATUS, XIDS, POLL_TIME, INVALID_SAMPLES, RESPONSIVE), OF_READINGS.values().stream())
                .distinct()
                .toList();
    }

    /** Which of the numbers that share a meter; empty for one that has a meter to itself. */
    public static String part(GpuMetric metric) {
        return switch (metric) {
            case UTILIZATION_RATIO -> "general";
            case ENCODER_UTILIZATION_RATIO -> "encoder";
            case DECODER_UTILIZATION_RATIO -> "decoder";
            case JPEG_UTILIZATION_RATIO -> "jpeg";
            case OPTICAL_FLOW_UTILIZATION_RATIO -> "optical_flow";
            case TEMPERATURE_CELSIUS -> "gpu";
            case TEMPERATURE_HOTTEST_CELSIUS -> "hottest";
            case TEMPERATURE_MEMORY_CELSIUS -> "memory";
            case TEMPERATURE_SLOWDOWN_CELSIUS -> "slowdown";
            case TEMPERATURE_SHUTDOWN_CELSIUS -> "shutdown";
            case TEMPERATURE_MEMORY_LIMIT_CELSIUS -> "memory";
            case TEMPERATURE_LIMIT_CELSIUS -> "operation";
            case ECC_CORRECTED_ERRORS -> "memory_corrected";
            case ECC_UNCORRECTED_ERRORS -> "memory_uncorrected";
            case PCIE_REPLAYS -> "pcie_replay";
            case PCIE_SENT_BYTES -> "sent";
            case PCIE_RECEIVED_BYTES -> "received";
            default -> "";
        };
    }

    private static MeterDefinition definition(GpuMetric metric) {
        String meaning = meaning(metric);
        String name = metric.semanticName().isEmpty() ? ownName(metric) : metric.semanticName();
        String suffix = suffix(metric.kind());
        MeterDefinition meter = metric.kind().counter()
                ? counter(name, suffix, meaning, ID, INDEX, MODEL, PART)
                : gauge(name, suffix, meaning, ID, INDEX, MODEL, PART);
        return meter.in(new MeterUnit(suffix, ucum(metric)));
    }

    /** Of the numbers that share a meter, one sentence for all. */
    private static String meaning(GpuMetric metric) {
        return switch (metric.semanticName()) {
            case "hw.gpu.utilization" -> "Share of time in which a part of the GPU was busy, 0 to 1.";
            case "hw.temperature" -> "Temperature of a part of the GPU.";
            case "hw.temperature.limit" -> "Temperature at which something is done about it.";
            case "hw.errors" -> "Errors that the hardware counted.";
            case "hw.gpu.io" -> "Bytes over PCIe.";
            default -> metric.meaning();
        };
    }

    private static String ownName(GpuMetric metric) {
        String words = metric.name().toLowerCase(Locale.ROOT).replace('_', '.');
        String unit = '.' + suffix(metric.kind());
        return "vitrine.gpu."
                + (unit.length() > 1 && words.endsWith(unit)
                        ? words.substring(0, words.length() - unit.length())
                        : words);
    }

    private static String ucum(GpuMetric metric) {
        return metric.semanticName().equals("hw.errors")
                ? "{error}"
                : metric.kind().unit();
    }

    private static String suffix(GpuMetric.Kind kind) {
        return switch (kind) {
            case RATIO, FAN_RATIO -> "ratio";
            case BYTES, COUNTER_BYTES -> "bytes";
            case BYTES_PER_SECOND -> "bytes_per_second";
            case WATTS -> "watts";
            case COUNTER_JOULES -> "joules";
            case CELSIUS, OFFSET_CELSIUS -> "celsius";
            case RPM -> "rpm";
            case MEGAHERTZ -> "megahertz";
            case COUNTER_SECONDS -> MeterDefinition.SECONDS;
            case P_STATE, COUNTER, COUNT, FLAG -> "";
        };
    }
}
