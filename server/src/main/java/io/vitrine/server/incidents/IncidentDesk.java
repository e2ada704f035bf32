package io.vitrine.server.incidents;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.incidents.Incidents;
import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.alerting.AlertActions;
import io.vitrine.server.alerting.AlertConsumer;
import io.vitrine.server.config.ServerConfig.IncidentsConfig;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.store.ledger.LedgerChange;

/**
 * The incidents of a running server. Alerts change them in the evaluation's transaction. The consequences of a change come
 * from a reconciliation with the ledger, for changes by this server and by a command beside it, before a restart and after:
 * evidence is collected for open incidents without any, alerts of acknowledged incidents are acknowledged, meters are set,
 * log events written.
 */
public final class IncidentDesk implements AlertConsumer {

    private static final String WHERE = "incidents";
    private static final long FOLLOW_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long MEASURE_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long PRUNE_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final Duration MEAN_OVER = Duration.ofDays(30);
    private static final int REMEMBERED_ALERTS = 1_000;
    private static final IncidentAuthor SERVER = new IncidentAuthor(Incidents.AUTHOR, Incidents.AUTHOR);

    private final Vertx vertx;
    private final Tenancy tenancy;
    private final Telemetry telemetry;
    private final IncidentsConfig config;
    private final InstantSource clock;
    private final IncidentRegister register;
    private final EvidenceSources sources;
    private final EvidenceCollector collector;
    private final WorkerExecutor worker;
    private final AtomicBoolean queued = new AtomicBoolean();
    private final AtomicBoolean uncommitted = new AtomicBoolean();
    /** By fingerprint; of the alerts that evidence is about. */
    private final Map<String, Alert> alerts = Collections.synchronizedMap(new LinkedHashMap<>());
    /** Alerts that were acknowledged with their incident, by its id. */
    private final Map<Long, Set<String>> acknowledged = new ConcurrentHashMap<>();

    private final Set<Long> collecting = ConcurrentHashMap.newKeySet();
    private volatile AlertActions actions = (fingerprints, who) -> Future.succeededFuture();
    /** The worker's. */
    private Future<?> lastCollection = Future.succeededFuture();

    private long changesSeen;

    /** Nothing happens before the start. */
    public IncidentDesk(
            Vertx vertx,
            Tenancy tenancy,
            Telemetry telemetry,
            EvidenceSources sources,
            IncidentsConfig config,
            InstantSource clock) {
        this.vertx = vertx;
        this.tenancy = tenancy;
        this.telemetry = telemetry;
        this.config = config;
        this.clock = clock;
        this.sources = sources;
        register = new IncidentRegister(tenancy.ledger().incidents(), clock);
        collector = new EvidenceCollector(vertx, sources.all(), config.itemTimeout(), register, clock);
        worker = vertx.createSharedWorkerExecutor("vitrine-incidents", 1);
    }

    /** Acknowledges alerts here from now on. */
    public void attach(AlertActions alertActions) {
        actions = alertActions;
        touched();
    }

    /** Reconciles now, after every change, and each minute. */
    public void start() {
        touched();
        run(this::prune);
        vertx.setPeriodic(FOLLOW_MILLIS, timer -> run(this::follow));
        vertx.setPeriodic(MEASURE_MILLIS, timer -> touched());
        vertx.setPeriodic(PRUNE_MILLIS, timer -> run(this::prune));
    }

    /** To read and change incidents; {@link #touched} is called after a change. */
    public IncidentRegister register() {
        return register;
    }

    @Override
    public List<LedgerChange> changed(List<Alert> changes, long atMillis) {
        List<Alert> relevant = changes.stream().filter(Incidents::concerns).toList();
        if (relevant.isEmpty()) {
            return List.of();
        }
        relevant.forEach(this::remember);
        uncommitted.set(true);
        return List.of(register.alerts(relevant, atMillis));
    }

    private void remember(Alert alert) {
        synchronized (alerts) {
            alerts.remove(alert.fingerprint());
            alerts.put(alert.fingerprint(), alert);
            if (alerts.size() > REMEMBERED_ALERTS) {
                alerts.remove(alerts.keySet().iterator().next());
            }
        }
    }

    @Override
    public void committed() {
        if (uncommitted.getAndSet(false)) {
            touched();
        }
    }

    /** Reconciles soon, because incidents have changed; any thread. */
    public void touched() {
        if (queued.compareAndSet(false, true)) {
            run(() -> {
                queued.set(false);
                reconcile();
            });
        }
    }

    /** Ends the sampling of the JVM. */
    public void close() {
        sources.close();
    }

    private void run(Runnable work) {
        worker.executeBlocking(() -> {
                    work.run();
                    return true;
                })
                .onFailure(cause -> telemetry.events().faulted(WHERE, cause));
    }

    private void follow() {
        long now = tenancy.ledger().changesByOthers().join();
        if (now != changesSeen) {
            changesSeen = now;
            touched();
        }
    }

    private void prune() {
        register.prune(config.retention(), config.maxCount(), config.maxBytes());
    }

    private void reconcile() {
        List<StoredIncident> unended = register.unended();
        Set<Long> ids = unended.stream().map(stored -> stored.incident().id()).collect(Collectors.toSet());
        acknowledged.keySet().retainAll(ids);
        for (StoredIncident stored : unended) {
            acknowledgeAlerts(stored.incident());
            collectEvidence(stored.incident());
        }
        telemetry.measured(IncidentStatistics.of(
                unended, register.detectedWithin(MEAN_OVER), register.overdue(), register.today()));
        tenancy.tellChanges();
    }

    /** Each set of alerts once; again after a failure, and after a restart, which changes nothing then. */
    private void acknowledgeAlerts(Incident incident) {
        Set<String> alertsNow = new LinkedHashSet<>(incident.acknowledgedAlerts());
        Set<String> before = acknowledged.getOrDefault(incident.id(), Set.of());
        if (alertsNow.isEmpty() || before.containsAll(alertsNow)) {
            acknowledged.computeIfPresent(incident.id(), (id, sent) -> alertsNow);
            return;
        }
        acknowledged.put(incident.id(), alertsNow);
        actions.acknowledge(alertsNow, incident.acknowledgedBy().orElse(Incidents.AUTHOR))
                .onFailure(cause -> {
                    acknowledged.remove(incident.id());
                    telemetry.events().faulted(WHERE, cause);
                });
    }

    /** One incident after the other, so that none finds the sources busy with another. */
    private void collectEvidence(Incident incident) {
        boolean has = incident.timeline().stream().anyMatch(entry -> entry.kind() == Kind.EVIDENCE);
        if (incident.state().isOpen() && !has && collecting.add(incident.id())) {
            lastCollection = lastCollection
                    .transform(done -> collector.collect(request(incident)))
                    .compose(items -> note(incident.id(), items))
                    .onFailure(cause -> telemetry.events().faulted(WHERE, cause))
                    .onComplete(done -> collecting.remove(incident.id()));
        }
    }

    private EvidenceRequest request(Incident incident) {
        List<Alert> its = new ArrayList<>();
        incident.fingerprints().forEach(fingerprint -> {
            Alert alert = alerts.get(fingerprint);
            if (alert != null) {
                its.add(alert);
            }
        });
        Instant from = Instant.ofEpochMilli(incident.startedMillis()).minus(config.window());
        return new EvidenceRequest(incident, its, from, clock.instant(), config.itemBytes());
    }

    private Future<Void> note(long id, List<EvidenceItem> items) {
        String text = summary(items);
        return worker.executeBlocking(() -> {
                    register.apply(
                            id,
                            OptionalLong.empty(),
                            (incident, author, at) -> incident.note(Kind.EVIDENCE, author, text, at),
                            SERVER);
                    return true;
                })
                .onSuccess(noted -> touched())
                .mapEmpty();
    }

    private static String summary(List<EvidenceItem> items) {
        Map<Boolean, List<EvidenceItem>> parts =
                new HashMap<>(items.stream().collect(Collectors.partitioningBy(EvidenceItem::isMissing)));
        List<EvidenceItem> there = parts.getOrDefault(false, List.of());
        String missing = parts.getOrDefault(true, List.of()).stream()
                .map(item -> item.name() + " (" + item.note() + ")")
                .collect(Collectors.joining(", "));
        long bytes = there.stream().mapToLong(EvidenceItem::bytes).sum();
        return "evidence: " + there.size() + " items, " + bytes + " bytes"
                + (missing.isEmpty() ? "" : "; missing: " + missing);
    }
}
