package io.vitrine.observability;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.catalogue.ListenerKind;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.logging.LogLevels;
import io.vitrine.observability.logging.Logging;
import io.vitrine.observability.metrics.ExemplarSource;
import io.vitrine.observability.metrics.Exposition;
import io.vitrine.observability.metrics.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * Everything that watches a server, behind one door: made from settings, it gives the listeners to hand to the engine and
 * to the HTTP side. What is switched off costs nothing: its listener is the one that does nothing. Any thread.
 */
public final class Telemetry implements AutoCloseable {

    private final Optional<Metrics> metrics;
    private final Optional<Logging> logging;
    private final RequestListener requestListener;
    private final LifecycleListener events;

    private Telemetry(Optional<Metrics> metrics, Optional<Logging> logging) {
        this.metrics = metrics;
        this.logging = logging;
        LongAdder requestFailures = new LongAdder();
        LongAdder lifecycleFailures = new LongAdder();
        requestListener = new RequestListeners(
                parts(metrics.map(Metrics::requestListener), logging.map(Logging::requestListener)), requestFailures);
        events = new LifecycleListeners(
                parts(metrics.map(Metrics::lifecycleListener), logging.map(Logging::lifecycleListener)),
                lifecycleFailures);
        metrics.ifPresent(meters -> {
            meters.countFailures(ListenerKind.REQUEST, requestFailures::doubleValue);
            meters.countFailures(ListenerKind.LIFECYCLE, lifecycleFailures::doubleValue);
            logging.ifPresent(log -> watchLog(meters, log));
        });
    }

    /**
     * Starts what the settings ask for.
     *
     * @param clock the engine's
     * @throws java.io.UncheckedIOException if nothing can be written into the log directory
     */
    public static Telemetry start(TelemetrySettings settings, NanoClock clock) {
        Optional<Logging> logging = settings.logsEnabled()
                ? Optional.of(Logging.start(settings.logs(), settings.serviceName(), clock))
                : Optional.empty();
        Optional<Metrics> metrics =
                settings.metricsEnabled() ? Optional.of(new Metrics(settings.metrics())) : Optional.empty();
        return new Telemetry(metrics, logging);
    }

    /** Watches nothing. */
    public static Telemetry off() {
        return new Telemetry(Optional.empty(), Optional.empty());
    }

    /** For the engine of a model. */
    public EngineListener engineListener(String modelName) {
        return metrics.map(meters -> meters.engineListener(modelName)).orElse(EngineListener.NONE);
    }

    /** For the sequences of a model that come by {@code route}; made once, since it looks up its meters. */
    public GenerationListener.Factory generationListenerFactory(String modelName, Route route) {
        return metrics.map(meters -> meters.generationListenerFactory(modelName, route))
                .orElse(request -> GenerationListener.NONE);
    }

    /** Reads the engine of a model at every scrape from now on. */
    public void watch(String modelName, EngineState engine) {
        metrics.ifPresent(meters -> meters.watch(modelName, engine));
    }

    /** Reads what tracing tells of itself at every scrape from now on, instead of what was read before. */
    public void watch(TracingStats tracing) {
        metrics.ifPresent(meters -> meters.watch(tracing));
    }

    /** For the HTTP side; told of each request from its head to its end. Never throws. */
    public RequestListener requestListener() {
        return requestListener;
    }

    /** For what happens to the server itself. Never throws. */
    public LifecycleListener events() {
        return events;
    }

    /** How much is logged, to be read and changed; absent if logs are off. */
    public Optional<LogLevels> logLevels() {
        return logging.map(Logging::levels);
    }

    /** Where whoever knows that a request's trace is kept says so; absent if metrics are off. */
    public Optional<ExemplarSource> exemplars() {
        return metrics.map(Metrics::exemplars);
    }

    /** For libraries that bring meters of their own; absent if metrics are off. */
    public Optional<MeterRegistry> registry() {
        return metrics.map(Metrics::registry);
    }

    /**
     * All meters now, as text for Prometheus; absent if metrics are off.
     *
     * @param accept the request's {@code Accept} header, null if it has none
     */
    public Optional<Exposition> scrape(@Nullable String accept) {
        return metrics.map(meters -> meters.scrape(accept));
    }

    /** Writes the log lines that wait and ends what runs in the background. */
    @Override
    public void close() {
        metrics.ifPresent(Metrics::close);
        logging.ifPresent(Logging::close);
    }

    private static void watchLog(Metrics meters, Logging log) {
        meters.watchLogQueue(log::waitingLineCount, log.queueLimit());
        for (LostLine reason : LostLine.values()) {
            meters.countLostLines(reason, () -> log.lostLineCount(reason));
        }
    }

    private static <T> List<T> parts(Optional<T> first, Optional<T> second) {
        return Stream.of(first, second).flatMap(Optional::stream).toList();
    }

    /** Tells each listener, and counts one that throws instead of letting it harm the request or the other. */
    private static <T> void tell(List<T> listeners, LongAdder failures, Consumer<T> event) {
        for (T listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                failures.increment();
            }
        }
    }

    private record RequestListeners(List<RequestListener> listeners, LongAdder failures) implements RequestListener {

        @Override
        public void received(RequestHead request) {
            tell(listeners, failures, listener -> listener.received(request));
        }

        @Override
        public void queueFull(RequestHead request, String modelName) {
            tell(listeners, failures, listener -> listener.queueFull(request, modelName));
        }

        @Override
        public void inferenceStarted(InferenceStart inference) {
            tell(listeners, failures, listener -> listener.inferenceStarted(inference));
        }

        @Override
        public void inferenceCompleted(InferenceEnd inference) {
            tell(listeners, failures, listener -> listener.inferenceCompleted(inference));
        }

        @Override
        public void ended(RequestSummary summary) {
            tell(listeners, failures, listener -> listener.ended(summary));
        }
    }

    private record LifecycleListeners(List<LifecycleListener> listeners, LongAdder failures)
            implements LifecycleListener {

        @Override
        public void modelLoaded(String modelName, Duration took) {
            tell(listeners, failures, listener -> listener.modelLoaded(modelName, took));
        }

        @Override
        public void modelLoadFailed(String modelName, Throwable cause) {
            tell(listeners, failures, listener -> listener.modelLoadFailed(modelName, cause));
        }

        @Override
        public void serverStarted(int apiPort, int managementPort, Duration took) {
            tell(listeners, failures, listener -> listener.serverStarted(apiPort, managementPort, took));
        }

        @Override
        public void serverStopping(Duration grace, int runningCount, int waitingCount) {
            tell(listeners, failures, listener -> listener.serverStopping(grace, runningCount, waitingCount));
        }

        @Override
        public void serverStopped(Duration took, boolean clean) {
            tell(listeners, failures, listener -> listener.serverStopped(took, clean));
        }

        @Override
        public void faulted(String where, Throwable cause) {
            tell(listeners, failures, listener -> listener.faulted(where, cause));
        }
    }
}
