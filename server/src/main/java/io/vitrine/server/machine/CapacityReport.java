package io.vitrine.server.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.advice.CapacityAdvice;
import io.vitrine.gpu.advice.CapacityAdvisor;
import io.vitrine.gpu.advice.CapacityHistory;
import io.vitrine.gpu.advice.CapacityMinute;
import io.vitrine.gpu.advice.CapacitySubject;
import io.vitrine.gpu.host.HostReading;

/** What hours of history advise, as a JSON object. */
final class CapacityReport {

    private final MachineView machine;
    private final GpuSnapshot snapshot;
    private final Instant from;

    /** @param from older minutes do not count */
    CapacityReport(MachineView machine, GpuSnapshot snapshot, Instant from) {
        this.machine = machine;
        this.snapshot = snapshot;
        this.from = from;
    }

    Map<String, Object> object(Duration window) {
        List<Map<String, Object>> subjects = new ArrayList<>();
        snapshot.gpus().forEach(gpu -> subjects.add(ofGpu(gpu)));
        machine.hostHistory().ifPresent(history -> subjects.add(ofHost(history)));
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("object", "capacity");
        object.put("window_hours", window.toHours());
        object.put("least_minutes", CapacityAdvisor.LEAST_HISTORY.toMinutes());
        object.put("subjects", subjects);
        return object;
    }

    private Map<String, Object> ofGpu(GpuReading gpu) {
        Map<String, Object> subject = new LinkedHashMap<>();
        subject.put("kind", "gpu");
        subject.put("index", gpu.identity().index());
        subject.put("uuid", gpu.identity().uuid());
        subject.put("name", gpu.identity().name());
        subject.put("runs_the_model", machine.runsModel(gpu));
        advise(subject, CapacitySubject.GPU, machine.history(gpu));
        return subject;
    }

    private Map<String, Object> ofHost(CapacityHistory history) {
        Map<String, Object> subject = new LinkedHashMap<>();
        subject.put("kind", HostReading.LABEL);
        subject.put("runs_the_model", true);
        advise(subject, CapacitySubject.HOST, history);
        return subject;
    }

    private void advise(Map<String, Object> subject, CapacitySubject kind, CapacityHistory history) {
        List<CapacityMinute> minutes = history.minutes().stream()
                .filter(minute -> !minute.from().isBefore(from))
                .toList();
        subject.put("history", window(minutes));
        subject.put(
                "advice",
                CapacityAdvisor.advise(kind, minutes).stream()
                        .map(CapacityReport::advice)
                        .toList());
    }

    private static Map<String, Object> advice(CapacityAdvice advice) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("kind", advice.kind().name().toLowerCase(Locale.ROOT));
        object.put("sentence", advice.sentence());
        Map<String, Double> numbers = new TreeMap<>();
        advice.numbers().forEach((name, value) -> {
            if (Double.isFinite(value)) {
                numbers.put(snakeCase(name), value);
            }
        });
        object.put("numbers", numbers);
        return object;
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** How much history there is, by the name of what it is of. */
    static Map<String, Object> windows(MachineView machine, GpuSnapshot snapshot) {
        Map<String, Object> windows = new LinkedHashMap<>();
        for (GpuReading gpu : snapshot.gpus()) {
            windows.put(gpu.identity().uuid(), window(machine.history(gpu).minutes()));
        }
        machine.hostHistory().ifPresent(history -> windows.put(HostReading.LABEL, window(history.minutes())));
        return windows;
    }

    private static Map<String, Object> window(List<CapacityMinute> minutes) {
        Map<String, Object> window = new LinkedHashMap<>();
        window.put("minutes", minutes.size());
        if (!minutes.isEmpty()) {
            window.put("from", minutes.get(0).from().toString());
            window.put("to", minutes.get(minutes.size() - 1).from().toString());
        }
        return window;
    }
}
