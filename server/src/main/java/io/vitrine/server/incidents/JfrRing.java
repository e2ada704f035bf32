package io.vitrine.server.incidents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Samples the JVM with Java Flight Recorder all the time and keeps the last minutes. Only events without texts of
 * requests, without system properties and without environment variables are recorded; the evidence is a summary, not
 * the recording.
 */
final class JfrRing implements AutoCloseable {

    private static final Duration MAX_AGE = Duration.ofMinutes(5);
    private static final long MAX_BYTES = 32L << 20;
    private static final int TOP = 50;
    private static final int FRAMES = 12;

    private static final String SAMPLE = "jdk.ExecutionSample";
    private static final String NATIVE_SAMPLE = "jdk.NativeMethodSample";
    private static final String GC = "jdk.GarbageCollection";
    private static final String MONITOR = "jdk.JavaMonitorEnter";
    private static final String CPU = "jdk.CPULoad";

    private final Recording recording = new Recording();

    /** Starts to sample. */
    JfrRing() {
        recording.setName("vitrine-incidents");
        recording.setMaxAge(MAX_AGE);
        recording.setMaxSize(MAX_BYTES);
        recording.enable(SAMPLE).withPeriod(Duration.ofMillis(20));
        recording.enable(NATIVE_SAMPLE).withPeriod(Duration.ofMillis(20));
        recording.enable(GC);
        recording.enable(MONITOR).withThreshold(Duration.ofMillis(10));
        recording.enable(CPU).withPeriod(Duration.ofSeconds(1));
        recording.start();
    }

    /** Stacks by samples, garbage collections, waits for monitors, processor load. */
    EvidenceContent collect(EvidenceRequest request) throws IOException {
        Path file = Files.createTempFile("vitrine-incident", ".jfr");
        try {
            recording.dump(file);
            return summary(file, request.maxBytes());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static EvidenceContent summary(Path file, int maxBytes) throws IOException {
        Map<String, Integer> stacks = new HashMap<>();
        List<Map<String, Object>> others = new ArrayList<>();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                switch (event.getEventType().getName()) {
                    case SAMPLE, NATIVE_SAMPLE -> stacks.merge(stack(event), 1, Integer::sum);
                    case GC, MONITOR -> others.add(pause(event));
                    case CPU -> others.add(load(event));
                    default -> {} // of another recording in this process
                }
            }
        }
        JsonLines lines = new JsonLines(maxBytes);
        stacks.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(TOP)
                .forEach(stack -> lines.add(Map.of("samples", stack.getValue(), "stack", stack.getKey())));
        others.forEach(lines::add);
        return lines.content("nothing was recorded yet");
    }

    private static String stack(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return "(unknown)";
        }
        StringBuilder text = new StringBuilder();
        for (RecordedFrame frame :
                event.getStackTrace().getFrames().stream().limit(FRAMES).toList()) {
            text.append(text.isEmpty() ? "" : " < ")
                    .append(frame.getMethod().getType().getName())
                    .append('.')
                    .append(frame.getMethod().getName());
        }
        return text.toString();
    }

    private static Map<String, Object> pause(RecordedEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", event.getStartTime().toString());
        line.put("event", event.getEventType().getName());
        line.put("duration_ms", event.getDuration().toNanos() * 1e-6);
        return line;
    }

    private static Map<String, Object> load(RecordedEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", event.getStartTime().toString());
        line.put("event", event.getEventType().getName());
        line.put("process", event.getFloat("jvmUser") + event.getFloat("jvmSystem"));
        line.put("machine", event.getFloat("machineTotal"));
        return line;
    }

    @Override
    public void close() {
        recording.close();
    }
}
