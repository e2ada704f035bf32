package io.vitrine.observability.metrics;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.Route;
import io.vitrine.observability.catalogue.ListenerKind;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.catalogue.Meters;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one server: makes the listeners that fill them and gives them to Prometheus. Any thread.
 *
 * <p>Model names become labels once a listener was made for the model; a summary with any other counts under
 * {@value #OTHER_MODEL}, so that nothing a client sends can add a series.
 */
public final class Metrics implements AutoCloseable {

    static final String OTHER_MODEL = "other";

    private final PrometheusMeterRegistry registry = boundedRegistry();
    private final Instruments instruments = new Instruments(registry);
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private final Set<String> modelNames = ConcurrentHashMap.newKeySet();
    private final List<EngineState> engines = new CopyOnWriteArrayList<>();
    private final RequestListener requestListener = new RequestMetrics(instruments, this::bounded);
    private final LifecycleListener lifecycleListener = new LifecycleMetrics(instruments);

    public Metrics() {
        jvmMeters().forEach(binder -> binder.bindTo(registry));
        countFailures(ListenerKind.ENGINE, this::engineListenerFailureCount);
    }

    /** Listens to the engine of a model. */
    public EngineListener engineListener(String modelName) {
        modelNames.add(modelName);
        return new EngineMetrics(instruments, modelName);
    }

    /** Makes listeners for a model's sequences that came by {@code route}. */
    public GenerationListener.Factory generationListenerFactory(String modelName, Route route) {
        modelNames.add(modelName);
        return GenerationMetrics.factory(instruments, modelName, route);
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
        engines.add(engine);
    }

    /** Counts the failures of one kind of listener, as {@code count} tells them at every scrape. */
    public void countFailures(ListenerKind kind, DoubleSupplier count) {
        instruments.counted(Meters.LISTENER_FAILURES, count, kind.label());
    }

    /** Counts lost log lines, as {@code count} tells them at every scrape. */
    public void countLostLines(LostLine reason, DoubleSupplier count) {
        instruments.counted(Meters.LOG_LINES_LOST, count, reason.label());
    }

    /** For libraries that bring meters of their own. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All meters now, in the format that an {@code Accept} header prefers; plain text if there is none. */
    public Exposition scrape(@Nullable String accept) {
        String contentType = ExpositionFormat.preferred(accept).contentType();
        return new Exposition(contentType, registry.scrape(contentType));
    }

    @Override
    public void close() {
        garbageCollection.close();
        registry.close();
    }

    private static PrometheusMeterRegistry boundedRegistry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // Before the first meter: a filter acts on those that come after it.
        registry.config().meterFilter(new KnownMethods());
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
