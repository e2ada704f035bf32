package io.vitrine.observability;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.host.HostWatch;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.catalogue.ClientMemory;
import io.vitrine.observability.catalogue.Component;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.observability.catalogue.ListenerKind;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.logging.LogLevels;
import io.vitrine.observability.logging.Logging;
import io.vitrine.observability.metrics.Exposition;
import io.vitrine.observability.metrics.Metrics;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.tracing.Tracing;
import io.vitrine.observability.tracing.TracingControl;
import org.jspecify.annotations.Nullable;

/**
 * Everything that watches a server, behind one door: made from settings, it gives the listeners to hand to the engine
 * and to the HTTP side. What is switched off costs nothing: its listener is the one that does nothing. Any thread.
 */
public final class Telemetry implements AutoCloseable {

    private final Optional<Metrics> metrics;
    private final Optional<Logging> logging;
    private final Optional<Tracing> tracing;
    private final Optional<Archive> archive;
    private final AtomicBoolean readable = new AtomicBoolean();
    private final RequestListener requestListener;
    private final LifecycleListener events;
    private final TelemetrySwitches switches;

    private Telemetry(
            Optional<Metrics> metrics,
            Optional<Logging> logging,
            Optional<Tracing> tracing,
            Optional<Archive> archive,
            CollectorEvents collectors,
            TelemetrySwitches switches) {
        this.switches = switches;
        this.archive = archive;
        this.metrics = metrics;
        this.logging = logging;
        this.tracing = tracing;
        LongAdder requestFailures = new LongAdder();
        LongAdder lifecycleFailures = new LongAdder();
        List<RequestListener> metered =
                parts(metrics.map(Metrics::requestListener), metrics.map(Metrics::sliListener), Optional.empty());
        List<RequestListener> logged =
                parts(logging.map(Logging::requestListener), logging.map(Logging::requestsOnGpu), Optional.empty());
        requestListener = SwitchedRequestListener.of(metered, logged, switches, requestFailures);
        events = new LifecycleListeners(
                parts(
                        metrics.map(meters -> gated(meters.lifecycleListener(), TelemetryPart.METRICS)),
                        logging.map(log -> gated(log.lifecycleListener(), TelemetryPart.LOGS)),
                        tracing.map(traces -> gated(traces.lifecycleListener(), TelemetryPart.TRACES))),
                lifecycleFailures);
        collectors.attach(events);
        metrics.ifPresent(meters -> {
            meters.countFailures(ListenerKind.REQUEST, requestFailures::doubleValue);
            meters.countFailures(ListenerKind.LIFECYCLE, lifecycleFailures::doubleValue);
            logging.ifPresent(log -> watchLog(meters, log));
            tracing.ifPresent(traces -> meters.watch(traces.stats()));
            archive.ifPresent(kept -> meters.watch(kept.stats()));
        });
        archive.ifPresent(kept -> kept.attach(events, this::readings));
    }

    private Switched<LifecycleListener> gated(LifecycleListener listener, TelemetryPart part) {
        return new Switched<>(listener, () -> switches.isOn(part));
    }

    /** A listener, and whether it is called. */
    private record Switched<T>(T listener, BooleanSupplier on) {}

    /** Which parts are on, to be read and changed. */
    public TelemetrySwitches switches() {
        return switches;
    }

    private boolean metricsReadable() {
        return readable.get() && switches.isOn(TelemetryPart.METRICS);
    }

    /** All meters of the catalogue now; none before {@link #startReaders}, or while metrics are off. */
    public List<MeterReading> readings() {
        return metricsReadable() ? metrics.map(Metrics::readings).orElse(List.of()) : List.of();
    }

    /**
     * Reads the meters at intervals from now on, for the collector and the archive: once everything is there that they
     * read, Vert.x among it.
     */
    public void startReaders() {
        readable.set(true);
        metrics.ifPresent(meters -> meters.startExport(() -> switches.isOn(TelemetryPart.METRICS)));
    }

    /**
     * Starts what the settings ask for.
     *
     * @param clock the engine's
     * @throws java.io.UncheckedIOException if nothing can be written into the log directory
     */
    public static Telemetry start(TelemetrySettings settings, NanoClock clock) {
        return start(settings, clock, Optional.empty());
    }

    /**
     * Starts what the settings ask for, and keeps what it tells.
     *
     * @param archive closed by whoever made it, after this
     */
    public static Telemetry start(TelemetrySettings settings, NanoClock clock, Optional<Archive> archive) {
        Logging.quietExporters();
        CollectorEvents collectors = new CollectorEvents();
        TelemetrySwitches switches = settings.switches(archive.isPresent());
        Optional<Archive> switched = archive.map(kept -> new SwitchedArchive(kept, switches));
        Optional<Logging> logging = settings.logsEnabled()
                ? Optional.of(Logging.start(settings.logs(), settings.serviceName(), clock, switched, collectors))
                : Optional.empty();
        Optional<Metrics> metrics =
                settings.metricsEnabled() ? Optional.of(new Metrics(settings.metrics(), collectors)) : Optional.empty();
        Optional<Tracing> tracing = settings.tracing().map(traces -> Tracing.start(traces, switched, collectors));
        return new Telemetry(metrics, logging, tracing, switched, collectors, switches);
    }

    /** Watches nothing. */
    public static Telemetry off() {
        return new Telemetry(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new CollectorEvents(),
                new TelemetrySwitches(EnumSet.of(TelemetryPart.STAGE_TIMING, TelemetryPart.ALERTS)));
    }

    /**
     * For the engine of a model on the processor.
     *
     * @param kvPageBytes what one page of keys and values takes
     */
    public EngineListener engineListener(String modelName, long kvPageBytes) {
        return engineListener(modelName, kvPageBytes, Optional.empty());
    }

    /** For the engine of a model; if that runs on a GPU, the spans of its steps say how the GPU was then. */
    public EngineListener engineListener(String modelName, long kvPageBytes, Optional<ModelGpu> gpu) {
        List<SwitchedEngineListener.Part> listeners = parts(
                metrics.map(meters -> new SwitchedEngineListener.Part(
                        meters.engineListener(modelName), () -> switches.isOn(TelemetryPart.METRICS))),
                // A request that is traced is traced to its end, and so are its steps.
                tracing.map(traces -> new SwitchedEngineListener.Part(
                        traces.engineListener(modelName, gpu),
                        () -> switches.isOn(TelemetryPart.TRACES) || traces.followsRequests())),
                archive.map(kept -> new SwitchedEngineListener.Part(
                        kept.engineListener(modelName, kvPageBytes), () -> switches.isOn(TelemetryPart.STORE))));
        return listeners.isEmpty() ? EngineListener.NONE : new SwitchedEngineListener(listeners);
    }

    /** For the sequences of a model that come by {@code route}; made once, since it looks up its meters. */
    public GenerationListener.Factory generationListenerFactory(String modelName, Route route) {
        return metrics.map(meters -> meters.generationListenerFactory(modelName, route))
                .orElse(request -> GenerationListener.NONE);
    }

    /** Follows requests from their heads on. */
    public RequestTracing requestTracing() {
        return tracing.map(Tracing::requests).map(this::whileOn).orElse(RequestTracing.OFF);
    }

    private RequestTracing whileOn(RequestTracing requests) {
        return head -> switches.isOn(TelemetryPart.TRACES) ? requests.begin(head) : RequestTrace.NONE;
    }

    /** Hears the pulse of event loops. */
    public LoopWatch loopWatch() {
        return tracing.map(Tracing::loopWatch).orElse(LoopWatch.NONE);
    }

    /** What Vert.x takes contexts from callers with, and gives them on; absent if traces are off. */
    public Optional<OpenTelemetry> openTelemetry() {
        return tracing.map(Tracing::openTelemetry);
    }

    /** The rules of tracing, to be changed; absent if traces are off. */
    public Optional<TracingControl> tracingControl() {
        return tracing.map(Tracing::control);
    }

    /** What tracing itself does; absent if traces are off. */
    public Optional<TracingStats> tracingStats() {
        return tracing.map(Tracing::stats);
    }

    /** Reads the engine of a model at every scrape from now on. */
    public void watch(String modelName, EngineState engine) {
        metrics.ifPresent(meters -> meters.watch(modelName, engine));
    }

    /** Reads the ages of a model's engine at every scrape from now on. */
    public void watch(String modelName, EngineAges ages) {
        metrics.ifPresent(meters -> meters.watch(modelName, ages));
    }

    /** Reads whether components are healthy at every scrape from now on. */
    public void watchHealth(Predicate<Component> healthy) {
        metrics.ifPresent(meters -> meters.watchHealth(healthy));
    }

    /** How exports to collectors go, by signal; without those that are switched off. */
    public Map<Signal, ExportCounts> exports() {
        Map<Signal, ExportCounts> exports = new EnumMap<>(Signal.class);
        logging.ifPresent(log -> exports.put(Signal.LOGS, log.exports()));
        metrics.ifPresent(meters -> exports.put(Signal.METRICS, meters.exports()));
        tracing.ifPresent(traces -> exports.put(Signal.TRACES, traces.stats().exports()));
        return exports;
    }

    /** State of the archive; absent if telemetry is not stored. */
    public Optional<ArchiveStats> archiveStats() {
        return archive.map(Archive::stats);
    }

    /** Shows how well tenants are served from now on. */
    public void measured(ServiceQuality quality) {
        metrics.ifPresent(meters -> meters.measured(quality));
    }

    /** Shows the incidents from now on. */
    public void measured(IncidentCounts incidents) {
        metrics.ifPresent(meters -> meters.measured(incidents));
    }

    /** Sorts tenants into classes for the meters that objectives are set on, from now on. */
    public void classifyTenants(UnaryOperator<String> classByTenant) {
        metrics.ifPresent(meters -> meters.classifyTenants(classByTenant));
    }

    /** Shows where alerts and objectives stand from now on. */
    public void evaluated(AlertReport report) {
        metrics.ifPresent(meters -> meters.evaluated(report));
    }

    /**
     * The series of these metrics now, as a scrape names them; empty while metrics are off, or not all that they read
     * is there yet.
     */
    public Optional<List<MeterReading>> readings(Set<String> names) {
        return metricsReadable() ? metrics.map(meters -> meters.readings(names)) : Optional.empty();
    }

    /** Reads what became of the ledger's entries at every scrape from now on. */
    public void watch(LedgerCounts counts) {
        metrics.ifPresent(meters -> meters.watch(counts));
    }

    /** Reads the queue of notifications at every scrape from now on. */
    public void watch(NotificationQueue queue) {
        metrics.ifPresent(meters -> meters.watch(queue));
    }

    /** Reads the connections of a port at every scrape from now on. */
    public void watch(ConnectionCounts connections) {
        metrics.ifPresent(meters -> meters.watch(connections));
    }

    /** Reads how much of a memory that clients fill is in use at every scrape from now on. */
    public void watchMemory(ClientMemory memory, LongSupplier used, long capacity) {
        metrics.ifPresent(meters -> meters.watchMemory(memory, used, capacity));
    }

    /** Reads how many requests wait to be planned at every scrape from now on. */
    public void watchPlanning(IntSupplier waiting, int limit) {
        metrics.ifPresent(meters -> meters.watchPlanning(waiting, limit));
    }

    /** Shows the host's readings from now on; before the engines are watched. */
    public void watch(HostWatch host) {
        metrics.ifPresent(meters -> meters.watch(host));
    }

    /** For the HTTP side; told of each request from its head to its end. Never throws. */
    public RequestListener requestListener() {
        return requestListener;
    }

    /** For what happens to the server itself. Never throws. */
    public LifecycleListener events() {
        return events;
    }

    /** For the probe of GPUs. */
    public GpuListener gpuListener() {
        return GpuListener.all(parts(
                metrics.map(meters -> onGpus(meters.gpuListener(), TelemetryPart.METRICS)),
                logging.map(log -> onGpus(log.gpuListener(), TelemetryPart.LOGS)),
                tracing.map(traces -> onGpus(traces.gpuListener(), TelemetryPart.TRACES)),
                archive.map(kept -> onGpus(kept.gpuListener(), TelemetryPart.STORE))));
    }

    private GpuListener onGpus(GpuListener listener, TelemetryPart part) {
        return new SwitchedGpuListener(listener, () -> switches.isOn(part));
    }

    /** Ids of the requests that a GPU is working for, at most 100; none if logs are off. */
    public List<String> requestsOnGpu() {
        return logging.map(Logging::requestIdsOnGpu).orElse(List.of());
    }

    /** How much is logged, to be read and changed; absent if logs are off. */
    public Optional<LogLevels> logLevels() {
        return logging.map(Logging::levels);
    }

    /** For libraries that bring meters of their own; absent if metrics are off. */
    public Optional<MeterRegistry> registry() {
        return metrics.map(Metrics::registry);
    }

    /**
     * All meters now, as text for Prometheus; absent while metrics are off.
     *
     * @param accept the request's {@code Accept} header, null if it has none
     */
    public Optional<Exposition> scrape(@Nullable String accept) {
        return switches.isOn(TelemetryPart.METRICS) ? metrics.map(meters -> meters.scrape(accept)) : Optional.empty();
    }

    /**
     * Sends the spans and writes the log lines that wait, also into the archive, and ends what runs in the background.
     */
    @Override
    public void close() {
        tracing.ifPresent(Tracing::close);
        metrics.ifPresent(Metrics::close);
        logging.ifPresent(Logging::close);
    }

    private static void watchLog(Metrics meters, Logging log) {
        meters.countExports(Signal.LOGS, log.exports());
        for (LogDestination destination : log.destinations()) {
            meters.watchLogQueue(destination, () -> log.waitingLineCount(destination), log.queueLimit(destination));
        }
        for (LostLine reason : LostLine.values()) {
            meters.countLostLines(reason, () -> log.lostLineCount(reason));
        }
    }

    private static <T> List<T> parts(Optional<T> first, Optional<T> second, Optional<T> third) {
        return parts(first, second, third, Optional.empty());
    }

    private static <T> List<T> parts(Optional<T> first, Optional<T> second, Optional<T> third, Optional<T> fourth) {
        return Stream.of(first, second, third, fourth).flatMap(Optional::stream).toList();
    }

    /** Notifies each listener that is on, and counts one that throws: it must not harm the others. */
    private static void report(
            List<Switched<LifecycleListener>> listeners, LongAdder failures, Consumer<LifecycleListener> event) {
        for (Switched<LifecycleListener> switched : listeners) {
            if (switched.on().getAsBoolean()) {
                report(switched.listener(), failures, event);
            }
        }
    }

    /** The same, whatever is on: an audit that can be switched off is none. */
    private static void reportAll(
            List<Switched<LifecycleListener>> listeners, LongAdder failures, Consumer<LifecycleListener> event) {
        listeners.forEach(switched -> report(switched.listener(), failures, event));
    }

    private static void report(LifecycleListener listener, LongAdder failures, Consumer<LifecycleListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            failures.increment();
        }
    }

    private record LifecycleListeners(List<Switched<LifecycleListener>> listeners, LongAdder failures)
            implements LifecycleListener {

        @Override
        public void modelLoaded(String modelName, Duration took) {
            report(listeners, failures, listener -> listener.modelLoaded(modelName, took));
        }

        @Override
        public void modelLoadFailed(String modelName, Duration took, Throwable cause) {
            report(listeners, failures, listener -> listener.modelLoadFailed(modelName, took, cause));
        }

        @Override
        public void serverStarted(int apiPort, int managementPort, Duration took) {
            reportAll(listeners, failures, listener -> listener.serverStarted(apiPort, managementPort, took));
        }

        @Override
        public void serverStopping(Duration grace, int runningCount, int waitingCount) {
            reportAll(listeners, failures, listener -> listener.serverStopping(grace, runningCount, waitingCount));
        }

        @Override
        public void serverStopped(Duration took, boolean clean) {
            reportAll(listeners, failures, listener -> listener.serverStopped(took, clean));
        }

        @Override
        public void operatorRefused(String scope, ErrorType reason) {
            report(listeners, failures, listener -> listener.operatorRefused(scope, reason));
        }

        @Override
        public void policyChanged(PolicyChange change) {
            reportAll(listeners, failures, listener -> listener.policyChanged(change));
        }

        @Override
        public void incidentChanged(IncidentChange change) {
            reportAll(listeners, failures, listener -> listener.incidentChanged(change));
        }

        @Override
        public void storeFailed(String reason) {
            report(listeners, failures, listener -> listener.storeFailed(reason));
        }

        @Override
        public void storeRecovered(Duration after, long lostRows) {
            report(listeners, failures, listener -> listener.storeRecovered(after, lostRows));
        }

        @Override
        public void storeFileSetAside(String file) {
            report(listeners, failures, listener -> listener.storeFileSetAside(file));
        }

        @Override
        public void collectorFailed(Signal signal, String address, String reason) {
            report(listeners, failures, listener -> listener.collectorFailed(signal, address, reason));
        }

        @Override
        public void collectorRecovered(Signal signal, String address, Duration after, long lostCount) {
            report(listeners, failures, listener -> listener.collectorRecovered(signal, address, after, lostCount));
        }

        @Override
        public void collectorRejected(Signal signal, String address, long rejectedCount, String reason) {
            report(listeners, failures, listener -> listener.collectorRejected(signal, address, rejectedCount, reason));
        }

        @Override
        public void storeFileDeleted(String file, long bytes, String reason) {
            report(listeners, failures, listener -> listener.storeFileDeleted(file, bytes, reason));
        }

        @Override
        public void notificationAttempted(ReceiverKind kind, DeliveryOutcome outcome, Duration took, Duration age) {
            report(listeners, failures, listener -> listener.notificationAttempted(kind, outcome, took, age));
        }

        @Override
        public void notificationDead(String receiver, String groupKey, String reason) {
            report(listeners, failures, listener -> listener.notificationDead(receiver, groupKey, reason));
        }

        @Override
        public void receiverFailed(String receiver, String reason) {
            report(listeners, failures, listener -> listener.receiverFailed(receiver, reason));
        }

        @Override
        public void receiverRecovered(String receiver, Duration after) {
            report(listeners, failures, listener -> listener.receiverRecovered(receiver, after));
        }

        @Override
        public void alertChanged(AlertChange change) {
            report(listeners, failures, listener -> listener.alertChanged(change));
        }

        @Override
        public void certificateReloaded(String description) {
            report(listeners, failures, listener -> listener.certificateReloaded(description));
        }

        @Override
        public void faulted(String where, Throwable cause) {
            report(listeners, failures, listener -> listener.faulted(where, cause));
        }
    }
}
