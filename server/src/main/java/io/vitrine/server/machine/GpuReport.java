package io.vitrine.server.machine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuProcess;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.host.HostReading;

/** What was read of the GPUs and the host, for people and for programs. What was not read is left out, never a zero. */
public final class GpuReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final GpuSnapshot snapshot;
    private final HostReading host;

    public GpuReport(GpuSnapshot snapshot, HostReading host) {
        this.snapshot = snapshot;
        this.host = host;
    }

    /** {@link #object} as text. */
    public String json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A JSON object: the collector, the driver, a list of GPUs, the host. */
    public Map<String, Object> object() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put(
                "collector",
                fields(
                        "state", label(snapshot.status().state()),
                        "sentence", snapshot.status().sentence(),
                        "events", label(snapshot.status().events())));
        report.put(
                "driver",
                fields(
                        "version", snapshot.driver().driverVersion(),
                        "nvml", snapshot.driver().nvmlVersion(),
                        "cuda", snapshot.driver().cudaVersion()));
        report.put("gpus", snapshot.gpus().stream().map(GpuReport::gpu).toList());
        report.put("host", fields("values", numbers(host.values()), "absent", words(host.absences())));
        return report;
    }

    private static Map<String, Object> gpu(GpuReading gpu) {
        Map<String, Object> report = fields(
                "index", gpu.identity().index(),
                "uuid", gpu.identity().uuid(),
                "name", gpu.identity().name(),
                "pci_bus_id", gpu.identity().pciBusId(),
                "serial", gpu.identity().serial(),
                "firmware", gpu.identity().firmwareVersion(),
                "architecture", gpu.identity().architecture(),
                "compute_capability", gpu.identity().computeCapability(),
                "health", label(gpu.health().state()));
        report.put(
                "reasons",
                gpu.health().reasons().stream()
                        .map(reason -> fields(
                                "rule", label(reason.rule()),
                                "state", label(reason.state()),
                                "detail", reason.detail()))
                        .toList());
        report.put("values", numbers(gpu.values()));
        report.put("absent", words(gpu.absences()));
        report.put("throttle_reasons", gpu.throttleReasons());
        report.put("processes", gpu.processes().stream().map(GpuReport::process).toList());
        report.put(
                "mig_instances",
                gpu.migInstances().stream()
                        .map(part -> fields(
                                "uuid", part.uuid(),
                                "gpu_instance", part.gpuInstance(),
                                "compute_instance", part.computeInstance(),
                                "values", numbers(part.values())))
                        .toList());
        report.put(
                "xids",
                gpu.xids().stream()
                        .map(tally -> fields(
                                "xid", tally.xid().code(),
                                "count", tally.count(),
                                "meaning", tally.xid().meaning(),
                                "action", tally.xid().action()))
                        .toList());
        return report;
    }

    private static Map<String, Object> process(GpuProcess process) {
        Map<String, Object> report = fields("kind", label(process.kind()), "pid", process.pid());
        process.name().ifPresent(name -> report.put("name", name));
        process.usedBytes().ifPresent(bytes -> report.put("used_bytes", bytes));
        return report;
    }

    /** Names and values in turn; empty texts are left out. */
    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!"".equals(namesAndValues[i + 1])) {
                fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
        }
        return fields;
    }

    private static <E extends Enum<E>> Map<String, Double> numbers(Map<E, Double> values) {
        Map<String, Double> named = new LinkedHashMap<>();
        new TreeMap<>(values).forEach((metric, value) -> named.put(label(metric), value));
        return named;
    }

    private static <E extends Enum<E>> Map<String, String> words(Map<E, String> values) {
        Map<String, String> named = new LinkedHashMap<>();
        new TreeMap<>(values).forEach((metric, value) -> named.put(label(metric), value));
        return named;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A paragraph for each GPU and one for the host. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(snapshot.status().sentence()).append('\n');
        if (!snapshot.driver().driverVersion().isEmpty()) {
            text.append("driver ").append(snapshot.driver().driverVersion());
            text.append(", CUDA ").append(snapshot.driver().cudaVersion()).append('\n');
        }
        snapshot.gpus().forEach(gpu -> append(text, gpu));
        text.append("\nhost (no GPU)\n");
        Map<String, String> units = host.values().keySet().stream()
                .collect(Collectors.toMap(GpuReport::label, metric -> shown(metric.unit())));
        appendValues(text, numbers(host.values()), units);
        return text.toString();
    }

    private static void append(StringBuilder text, GpuReading gpu) {
        text.append(String.format(
                Locale.ROOT,
                "%nGPU %d %s %s: %s%n",
                gpu.identity().index(),
                gpu.identity().name(),
                gpu.identity().uuid(),
                label(gpu.health().state()).toUpperCase(Locale.ROOT)));
        gpu.health()
                .reasons()
                .forEach(reason -> text.append("  ! ").append(reason.detail()).append('\n'));
        List<String> throttled = gpu.throttleReasons();
        if (!throttled.isEmpty()) {
            text.append("  clocks are held: ")
                    .append(String.join(", ", throttled))
                    .append('\n');
        }
        Map<String, String> units =
                gpu.values().keySet().stream().collect(Collectors.toMap(GpuReport::label, metric -> unit(metric)));
        appendValues(text, numbers(gpu.values()), units);
        gpu.processes()
                .forEach(process -> text.append(String.format(
                        Locale.ROOT,
                        "  process %d %s%n",
                        process.pid(),
                        process.name().orElse(""))));
    }

    private static String unit(GpuMetric metric) {
        return shown(metric.kind().unit());
    }

    /** A bare number has none to show. */
    private static String shown(String unit) {
        return unit.replace("1", "").replaceAll("[{}]", "");
    }

    private static void appendValues(StringBuilder text, Map<String, Double> values, Map<String, String> units) {
        values.forEach((name, value) -> text.append(String.format(
                                Locale.ROOT,
                                "  %-40s %s %s",
                                name,
                                value == Math.rint(value)
                                        ? String.format(Locale.ROOT, "%.0f", value)
                                        : String.format(Locale.ROOT, "%.3f", value),
                                units.getOrDefault(name, ""))
                        .stripTrailing())
                .append('\n'));
    }
}
