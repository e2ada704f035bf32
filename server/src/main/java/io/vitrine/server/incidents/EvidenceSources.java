package io.vitrine.server.incidents;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import io.vitrine.alerting.rules.Alert;
import io.vitrine.observability.MeterReading;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.AuditBody;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.machine.MachineView;
import io.vitrine.store.ledger.AuditLog;
import io.vitrine.store.ledger.AuditRow;

/** Makes the sources of evidence from the parts of a server. */
public final class EvidenceSources {

    /** The item that quotes the audit log, which is for administrators only. */
    public static final String CHANGES = "changes";

    private static final int AUDIT_ROWS = 200;
    private static final int EVENTS = 50;
    private static final int REQUEST_IDS = 500;
    private static final List<EventName> SERVER_CHANGES = List.of(
            EventName.LOG_LEVEL_CHANGED,
            EventName.SERVER_STARTED,
            EventName.SERVER_STOPPING,
            EventName.MODEL_LOADED,
            EventName.MODEL_LOAD_FAILED);

    private final StoredEvidence stored;
    private final Telemetry telemetry;
    private final AuditLog audit;
    private final MachineView machine;
    private final FlightRecorder engine;
    private final Supplier<Map<String, Object>> health;
    private final Optional<JfrRing> jfr;

    /**
     * @param history absent if telemetry is not stored
     * @param health the server's state as a JSON object
     * @param jfr whether Java Flight Recorder samples all the time
     */
    public EvidenceSources(
            Optional<TelemetryHistory> history,
            Telemetry telemetry,
            AuditLog audit,
            MachineView machine,
            FlightRecorder engine,
            Supplier<Map<String, Object>> health,
            boolean jfr) {
        this.stored = new StoredEvidence(history);
        this.telemetry = telemetry;
        this.audit = audit;
        this.machine = machine;
        this.engine = engine;
        this.health = health;
        this.jfr = jfr ? Optional.of(new JfrRing()) : Optional.empty();
    }

    /** All of them. */
    List<EvidenceSource> all() {
        return List.of(
                new EvidenceSource("alerts", EvidenceSource.JSON_LINES, EvidenceSources::alerts),
                new EvidenceSource("health", EvidenceSource.JSON, this::health),
                new EvidenceSource("steps", EvidenceSource.JSON_LINES, engine::collect),
                new EvidenceSource("threads", EvidenceSource.TEXT, ThreadDump::collect),
                new EvidenceSource("meters", EvidenceSource.JSON_LINES, this::meters),
                new EvidenceSource("meter-history", EvidenceSource.JSON_LINES, stored::meters),
                new EvidenceSource("traces", EvidenceSource.JSON_LINES, stored::badTraces),
                new EvidenceSource("good-traces", EvidenceSource.JSON_LINES, stored::goodTraces),
                new EvidenceSource("logs", EvidenceSource.JSON_LINES, stored::logs),
                new EvidenceSource(CHANGES, EvidenceSource.JSON_LINES, this::changes),
                new EvidenceSource("gpu", EvidenceSource.JSON, this::gpu),
                new EvidenceSource("jfr", EvidenceSource.JSON_LINES, this::jfr));
    }

    private static EvidenceContent alerts(EvidenceRequest request) {
        JsonLines lines = new JsonLines(request.maxBytes());
        for (Alert alert : request.alerts()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("alert", alert.rule().name());
            line.put("fingerprint", alert.fingerprint());
            line.put("labels", alert.labels());
            line.put("value", Double.isFinite(alert.value()) ? alert.value() : String.valueOf(alert.value()));
            line.put("expr", alert.rule().expr().toString());
            line.put("fires", alert.rule().fires().toString());
            line.put("summary", alert.summary());
            line.put("action", alert.rule().action());
            line.put("runbook", alert.rule().runbook());
            lines.add(line);
        }
        return lines.content("opened by hand, or before the last start of the server");
    }

    private EvidenceContent health(EvidenceRequest request) {
        return new EvidenceContent(ApiJson.write(health.get()), "");
    }

    /** Every series now; those that the alerts' rules read come first. */
    private EvidenceContent meters(EvidenceRequest request) {
        Set<String> first = StoredEvidence.names(request);
        List<MeterReading> readings = new ArrayList<>(telemetry.readings());
        readings.sort((one, other) -> Boolean.compare(first.contains(other.name()), first.contains(one.name())));
        JsonLines lines = new JsonLines(request.maxBytes());
        readings.forEach(lines::add);
        return lines.content("metrics are off (telemetry.metrics.enabled)");
    }

    private EvidenceContent changes(EvidenceRequest request) {
        JsonLines lines = new JsonLines(request.maxBytes());
        audit.latest(AUDIT_ROWS).stream()
                .map(AuditRow::entry)
                .map(AuditBody::of)
                .forEach(lines::add);
        SERVER_CHANGES.forEach(event -> stored.lastDay(event, request, EVENTS).forEach(lines::add));
        return lines.content("nothing was changed");
    }

    private EvidenceContent gpu(EvidenceRequest request) {
        Map<String, Object> state = new LinkedHashMap<>(machine.now());
        Set<String> requests = new LinkedHashSet<>(telemetry.requestsOnGpu());
        state.put("running_request_ids", List.copyOf(requests));
        state.put("recent_request_ids", stored.startedOnGpu(request, REQUEST_IDS));
        return new EvidenceContent(ApiJson.write(state), "");
    }

    private EvidenceContent jfr(EvidenceRequest request) throws IOException {
        return jfr.isPresent() ? jfr.get().collect(request) : EvidenceContent.missing("off (incidents.jfr)");
    }

    void close() {
        jfr.ifPresent(JfrRing::close);
    }
}
