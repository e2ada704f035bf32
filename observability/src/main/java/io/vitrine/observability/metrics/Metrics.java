package io.vitrine.observability.metrics;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.host.HostWatch;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.AlertReport;
import io.vitrine.observability.ArchiveStats;
import io.vitrine.observability.ConnectionCounts;
import io.vitrine.observability.EngineAges;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.IncidentCounts;
import io.vitrine.observability.LedgerCounts;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.MeterReading;
import io.vitrine.observability.NotificationQueue;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.Route;
import io.vitrine.observability.ServiceQuality;
import io.vitrine.observability.TracingStats;
import io.vitrine.observability.catalogue.ArchiveMeters;
import io.vitrine.observability.catalogue.ArchiveTier;
import io.vitrine.observability.catalogue.ArchivedSignal;
import io.vitrine.observability.catalogue.BusinessMeters;
import io.vitrine.observability.catalogue.ClientMemory;
import io.vitrine.observability.catalogue.Component;
import io.vitrine.observability.catalogue.ConnectionLoss;
import io.vitrine.observability.catalogue.DeliveryMeters;
import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.ExportResult;
import io.vitrine.observability.catalogue.HttpMeters;
import io.vitrine.observability.catalogue.KeepReason;
import io.vitrine.observability.catalogue.ListenerKind;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.RowFate;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.catalogue.SpanLoss;
import io.vitrine.observability.catalogue.TelemetryMeters;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.otlp.CollectorLink;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one server: makes the listeners that fill them and gives them to Prometheus. Any thread.
 *
 * <p>Model names become labels once a listener was made for the model; a summary with any other counts under
 * {@value #OTHER_MODEL}, so that nothing a client sends can add a series.
 */
public final class Metrics implements AutoCloseable {

    static final String OTHER_MODEL = "other";

    /** Micrometer's names that promtool finds fault with; {@link HostMetrics} tells the same under others. */
    private static final Set<String> REPLACED = Set.of("process.cpu.time", "system.cpu.count");

    private final ExemplarSource exemplars = new ExemplarSource();
    private final LateExemplars lateExemplars = new LateExemplars(java.time.Clock.systemUTC());
    private final PrometheusMeterRegistry registry = boundedRegistry(exemplars);
    private final SeriesStarts starts = new SeriesStarts(registry);
    private final Instruments instruments = new Instruments(registry);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final Set<String> modelNames = ConcurrentHashMap.newKeySet();
    private final Map<String, StepReads> stepReads = new ConcurrentHashMap<>();
    private final List<EngineState> engines = new CopyOnWriteArrayList<>();
    private final LifecycleListener lifecycleListener = new LifecycleMetrics(instruments);
    private final GpuListener gpuListener;
    private final TelemetryCpu cpu = new TelemetryCpu(instruments);
    private final Timer scrapeTime = instruments.timer(TelemetryMeters.SCRAPE_TIME);
    private final RequestCounts requestCounts = new RequestCounts(instruments);
    /** Held by a reading of all meters: two at a time would each show the other's moment. */
    private final Object reading = new Object();

    private final RequestListener requestListener;
    private final QualityMetrics quality;
    private final IncidentMetrics incidents;
    private final SliMetrics sli;
    private final AlertMetrics alerts;
    private final boolean vllmNames;
    private final MetricSettings settings;
    private final Optional<CollectorLink> collector;
    private final ExportCounts exports;
    private @Nullable OtlpExport export;

    private volatile @Nullable HostViewMetrics hostView;

    private volatile long seriesCount;

    /** Nothing is exported before {@link #startExport}. */
    public Metrics(MetricSettings settings) {
        this(settings, new CollectorEvents());
    }

    /**
     * The same.
     *
     * @param events where it is reported how exports go
     */
    public Metrics(MetricSettings settings, CollectorEvents events) {
        this.settings = settings;
        requestListener = new RequestMetrics(
                instruments, requestCounts, exemplars, lateExemplars, this::bounded, settings.tenantLimit());
        sli = new SliMetrics(instruments, this::bounded);
        alerts = new AlertMetrics(instruments);
        quality = new QualityMetrics(instruments, settings.tenantLimit());
        incidents = new IncidentMetrics(instruments);
        vllmNames = settings.vllmNames();
        GpuListener gpus = new GpuMetrics(instruments);
        gpuListener = settings.dcgmNames() ? GpuListener.all(List.of(gpus, new DcgmMetrics(instruments))) : gpus;
        jvmMeters().forEach(binder -> binder.bindTo(registry));
        new HostMetrics(instruments, new ProcFiles(Path.of("/"))).bind(settings.dataFolder());
        countFailures(ListenerKind.ENGINE, this::engineListenerFailureCount);
        instruments.gauge(TelemetryMeters.SERIES, () -> seriesCount);
        collector = settings.otlp().map(otlp -> new CollectorLink(Signal.METRICS, otlp.endpoint(), events));
        exports = collector.map(CollectorLink::counts).orElseGet(ExportCounts::new);
        countExports(Signal.METRICS, exports);
    }

    /**
     * Pushes to the collector that the settings name from now on: once everything is there that meters read.
     *
     * @param on whether there is anything to push
     */
    public synchronized void startExport(BooleanSupplier on) {
        if (export == null) {
            export = settings.otlp()
                    .map(otlp -> new OtlpExport(meterReadings(on), collector.orElseThrow(), otlp, settings.resource()))
                    .orElse(null);
        }
    }

    private MetricProducer meterReadings(BooleanSupplier on) {
        MetricReadings readings = new MetricReadings(registry, starts);
        return resource -> on.getAsBoolean() ? read(() -> readings.produce(resource)) : List.of();
    }

    /** Reads all meters, with the requests of one moment. */
    private <T> T read(Supplier<T> meters) {
        synchronized (reading) {
            requestCounts.refresh();
            return meters.get();
        }
    }

    /** Listens to the engine of a model. */
    public EngineListener engineListener(String modelName) {
        modelNames.add(modelName);
        EngineListener own = new EngineMetrics(instruments, modelName, stepReads(modelName));
        return vllmNames ? new BothEngineListeners(own, new VllmEngineMetrics(instruments, modelName)) : own;
    }

    /** Makes listeners for a model's sequences that came by {@code route}. */
    public GenerationListener.Factory generationListenerFactory(String modelName, Route route) {
        modelNames.add(modelName);
        GenerationListener.Factory own = GenerationMetrics.factory(instruments, modelName, route);
        if (!vllmNames) {
            return own;
        }
        GenerationListener.Factory vllm = VllmGenerationMetrics.factory(instruments, modelName);
        return request -> new BothGenerationListeners(own.create(request), vllm.create(request));
    }

    private StepReads stepReads(String modelName) {
        return stepReads.computeIfAbsent(modelName, unknown -> new StepReads());
    }

    /** Shows the host's readings from now on. */
    public void watch(HostWatch host) {
        HostViewMetrics view = new HostViewMetrics(instruments, host);
        view.bind();
        hostView = view;
    }

    public RequestListener requestListener() {
        return requestListener;
    }

    public LifecycleListener lifecycleListener() {
        return lifecycleListener;
    }

    /** Reads a model's engine at every scrape from now on. */
    public void watch(String modelName, EngineState engine) {
        instruments.gauge(Meters.RUNNING, () -> engine.runningCount().getAsInt(), modelName);
        instruments.gauge(Meters.SLOTS, engine::slots, modelName);
        instruments.gauge(Meters.WAITING, () -> engine.waitingCount().getAsInt(), modelName);
        instruments.gauge(Meters.QUEUE_LIMIT, engine::queueLimit, modelName);
        instruments.gauge(Meters.KV_PAGES_USED, () -> engine.kvPagesUsed().getAsInt(), modelName);
        instruments.gauge(Meters.KV_PAGES, engine::kvPageCount, modelName);
        instruments.gauge(Meters.KV_UTILIZATION, engine::kvUtilization, modelName);
        instruments.gauge(Meters.KV_UNUSED_GPU, engine::kvUnusedGpuBytes, modelName);
        DistributionSummary batchSize = instruments.summary(Meters.BATCH_SIZE, modelName);
        instruments.counted(Meters.SLOT_STEPS, () -> (double) batchSize.count() * engine.slots(), modelName);
        watchMemory(modelName, engine.memory());
        if (vllmNames) {
            VllmEngineMetrics.watch(instruments, modelName, engine);
        }
        engines.add(engine);
    }

    /** Reads the ages of a model's engine at every scrape from now on. */
    public void watch(String modelName, EngineAges ages) {
        instruments.gauge(Meters.OLDEST_WAITING, ages.oldestWaiting(), modelName);
        instruments.gauge(Meters.OLDEST_RUNNING, ages.oldestRunning(), modelName);
        instruments.gauge(Meters.STEP_AGE, ages.step(), modelName);
    }

    /** Reads whether components are healthy at every scrape from now on. */
    public void watchHealth(Predicate<Component> healthy) {
        for (Component component : Component.values()) {
            instruments.gauge(Meters.COMPONENT_HEALTHY, () -> healthy.test(component) ? 1 : 0, component.label());
        }
    }

    /** How pushes to the collector go. */
    public ExportCounts exports() {
        return exports;
    }

    /** Shows how well tenants are served from now on; one that is not in it is shown no more. */
    public void measured(ServiceQuality reading) {
        quality.measured(reading);
    }

    /** Shows the incidents from now on. */
    public void measured(IncidentCounts reading) {
        incidents.measured(reading);
    }

    /** For what objectives are set on. */
    public RequestListener sliListener() {
        return sli;
    }

    /** Sorts tenants into classes from now on. */
    public void classifyTenants(UnaryOperator<String> classByTenant) {
        sli.classify(classByTenant);
    }

    /** Shows where alerts and objectives stand from now on. */
    public void evaluated(AlertReport report) {
        alerts.evaluated(report);
    }

    /** The series of these metrics now, as a scrape names them. */
    public List<MeterReading> readings(Set<String> names) {
        return read(() -> NamedReadings.of(registry.getPrometheusRegistry(), names));
    }

    /** Counts the entries of the ledger, as {@code counts} tells them at every scrape. */
    public void watch(LedgerCounts counts) {
        instruments.counted(BusinessMeters.LEDGER_ENTRIES, counts::writtenCount);
        instruments.counted(BusinessMeters.LEDGER_LOST, counts::lostCount);
        instruments.counted(BusinessMeters.LEDGER_LATE, counts::lateCount);
    }

    /** Reads the queue of notifications at every scrape from now on. */
    public void watch(NotificationQueue queue) {
        instruments.gauge(DeliveryMeters.WAITING, queue::waitingCount);
        instruments.gauge(DeliveryMeters.OLDEST_AGE, queue::oldestAgeSeconds);
        instruments.counted(DeliveryMeters.DEAD, queue::deadCount);
        instruments.counted(DeliveryMeters.DROPPED, queue::droppedCount);
        instruments.gauge(DeliveryMeters.FAILING_RECEIVERS, queue::failingReceiverCount);
    }

    /** Reads the connections of a port at every scrape from now on. */
    public void watch(ConnectionCounts connections) {
        String port = connections.port().label();
        instruments.gauge(HttpMeters.CONNECTIONS, connections::openCount, port);
        instruments.gauge(HttpMeters.CONNECTION_LIMIT, connections::limit, port);
        instruments.gauge(HttpMeters.HEADS_IN_FLIGHT, connections::headCount, port);
        for (ConnectionLoss reason : ConnectionLoss.values()) {
            instruments.counted(
                    HttpMeters.CONNECTIONS_REFUSED, () -> connections.lostCount(reason), port, reason.label());
        }
    }

    /** Reads how much of a memory that clients fill is in use at every scrape from now on. */
    public void watchMemory(ClientMemory memory, LongSupplier used, long capacity) {
        instruments.gauge(HttpMeters.CLIENT_MEMORY, used::getAsLong, memory.label());
        instruments.gauge(HttpMeters.CLIENT_MEMORY_LIMIT, () -> capacity, memory.label());
    }

    /** Reads how many requests wait to be planned at every scrape from now on. */
    public void watchPlanning(IntSupplier waiting, int limit) {
        instruments.gauge(HttpMeters.PLANNING_WAITING, waiting::getAsInt);
        instruments.gauge(HttpMeters.PLANNING_LIMIT, () -> limit);
    }

    private void watchMemory(String modelName, EngineState.Memory memory) {
        StepReads reads = stepReads(modelName);
        reads.sizes(memory);
        instruments.counted(Meters.MEMORY_READ, () -> (double) reads.bytes(), modelName);
        HostViewMetrics view = hostView;
        if (memory.ofHost() && view != null) {
            view.countStepBytes(reads);
        }
    }

    /** Counts the failures of one kind of listener, as {@code count} tells them at every scrape. */
    public void countFailures(ListenerKind kind, DoubleSupplier count) {
        instruments.counted(TelemetryMeters.LISTENER_FAILURES, count, kind.label());
    }

    /** Counts lost log lines, as {@code count} tells them at every scrape. */
    public void countLostLines(LostLine reason, DoubleSupplier count) {
        instruments.counted(
                TelemetryMeters.LOG_LINES_LOST, count, reason.destination().label(), reason.label());
    }

    /** Counts the exports of a signal, as {@code counts} tells them at every scrape. */
    public void countExports(Signal signal, ExportCounts counts) {
        instruments.counted(TelemetryMeters.EXPORTS, counts::okCount, signal.label(), ExportResult.OK.label());
        instruments.counted(
                TelemetryMeters.EXPORTS, counts::partialCount, signal.label(), ExportResult.PARTIAL.label());
        instruments.counted(TelemetryMeters.EXPORTS, counts::failedCount, signal.label(), ExportResult.FAILED.label());
        instruments.counted(TelemetryMeters.EXPORT_LOST, counts::lostCount, signal.label());
    }

    /** Reads a queue of the log at every scrape from now on. */
    public void watchLogQueue(LogDestination destination, IntSupplier waiting, int limit) {
        instruments.gauge(TelemetryMeters.LOG_LINES_WAITING, waiting::getAsInt, destination.label());
        instruments.gauge(TelemetryMeters.LOG_QUEUE_LIMIT, () -> limit, destination.label());
    }

    /** Reads what tracing tells of itself at every scrape from now on. */
    public void watch(TracingStats tracing) {
        for (KeepReason reason : KeepReason.values()) {
            instruments.counted(TelemetryMeters.TRACES_KEPT, () -> tracing.keptTraces(reason), reason.label());
        }
        for (DropReason reason : DropReason.values()) {
            instruments.counted(TelemetryMeters.TRACES_DROPPED, () -> tracing.droppedTraces(reason), reason.label());
        }
        for (SpanLoss reason : SpanLoss.values()) {
            instruments.counted(TelemetryMeters.SPANS_LOST, () -> tracing.lostSpans(reason), reason.label());
        }
        instruments.counted(TelemetryMeters.SPANS_EXPORTED, tracing::exportedSpans);
        instruments.gauge(TelemetryMeters.SPANS_WAITING, tracing::waitingSpans);
        instruments.gauge(TelemetryMeters.SPAN_EXPORT_LAG, tracing::lagSeconds);
        countFailures(ListenerKind.TRACE, tracing::failures);
        countExports(Signal.TRACES, tracing.exports());
    }

    /** Reads what an archive tells of itself at every scrape from now on. */
    public void watch(ArchiveStats archive) {
        for (ArchivedSignal signal : ArchivedSignal.values()) {
            for (RowFate fate : RowFate.values()) {
                instruments.counted(ArchiveMeters.ROWS, () -> archive.rows(signal, fate), signal.label(), fate.label());
            }
        }
        for (ArchiveTier tier : ArchiveTier.values()) {
            instruments.gauge(ArchiveMeters.BYTES, () -> archive.bytes(tier), tier.label());
        }
        instruments.gauge(ArchiveMeters.WAITING, archive::waitingRows);
        instruments.gauge(ArchiveMeters.LAG, archive::lagSeconds);
        instruments.counted(ArchiveMeters.SET_ASIDE, archive::filesSetAside);
        instruments.counted(ArchiveMeters.DELETED_FILES, archive::deletedFiles);
        instruments.counted(ArchiveMeters.DELETED_BYTES, archive::deletedBytes);
        instruments.counted(ArchiveMeters.DELETED_ROWS, archive::deletedRows);
    }

    /** Every series of the catalogue's meters now. */
    public List<MeterReading> readings() {
        return read(() -> CatalogueReadings.of(registry));
    }

    /** For the probe of GPUs. */
    public GpuListener gpuListener() {
        return gpuListener;
    }

    /** For libraries that bring meters of their own. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All meters now, in the format that an {@code Accept} header prefers; plain text if there is none. */
    public Exposition scrape(@Nullable String accept) {
        long cpuBefore = cpu.now();
        Timer.Sample began = Timer.start(registry);
        cpu.refresh();
        ExpositionFormat format = ExpositionFormat.preferred(accept);
        MetricSnapshots snapshots = read(() -> registry.getPrometheusRegistry().scrape());
        String body = format.write(lateExemplars.in(snapshots));
        seriesCount = seriesCount(body);
        began.stop(scrapeTime);
        cpu.scraped(cpuBefore);
        return new Exposition(format.contentType(), body);
    }

    /** Lines that are no comment. */
    private static long seriesCount(String body) {
        long count = 0;
        for (int line = 0; line < body.length(); line = body.indexOf('\n', line) + 1) {
            if (body.charAt(line) != '#') {
                count++;
            }
        }
        return count;
    }

    @Override
    public void close() {
        closeExport();
        garbageCollection.close();
        registry.close();
    }

    private synchronized void closeExport() {
        if (export != null) {
            export.close();
        }
    }

    private static PrometheusMeterRegistry boundedRegistry(ExemplarSource exemplars) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
                PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, exemplars.asSpanContext());
        // Before the first meter: a filter acts on those that come after it.
        registry.config()
                .meterFilter(new KnownMethods())
                .meterFilter(MeterFilter.deny(id -> REPLACED.contains(id.getName())));
        return registry;
    }

    private long engineListenerFailureCount() {
        return engines.stream()
                .mapToLong(engine -> engine.listenerFailureCount().getAsLong())
                .sum();
    }

    private String bounded(String modelName) {
        return modelNames.contains(modelName) ? modelName : OTHER_MODEL;
    }

    private List<MeterBinder> jvmMeters() {
        return List.of(
                new JvmInfoMetrics(),
                new JvmMemoryMetrics(),
                garbageCollection,
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
    }
}
