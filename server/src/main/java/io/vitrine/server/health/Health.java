package io.vitrine.server.health;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.ArchiveStats;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.LedgerCounts;
import io.vitrine.observability.catalogue.Component;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.config.ServerConfig.HealthConfig;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.server.inference.ServingState;

/** Judges the components of a server each time it is asked: a few volatile reads, so that an event loop may ask. */
public final class Health {

    /** The store writes every second or so: what has waited this long waits for a disk. */
    static final int STORE_LAG_LIMIT_SECONDS = 30;

    private final ServingState state;
    private final Map<Component, Supplier<ComponentHealth>> checks = new EnumMap<>(Component.class);

    /**
     * Of one server.
     *
     * @param onGpu whether the model runs on a GPU
     * @param store absent if telemetry is not stored
     * @param exports by signal
     */
    public Health(
            ServingState state,
            boolean onGpu,
            Optional<ArchiveStats> store,
            LedgerCounts ledger,
            Map<Signal, ExportCounts> exports,
            HealthConfig limits,
            NanoClock clock) {
        this.state = state;
        checks.put(Component.ENGINE, new EngineCheck(state, limits, clock));
        checks.put(Component.GPU, () -> gpu(onGpu));
        checks.put(Component.STORE, () -> store.map(Health::store)
                .orElseGet(() -> new ComponentHealth(Verdict.OFF, "telemetry is not stored")));
        checks.put(Component.LEDGER, () -> ledger(ledger));
        checks.put(Component.EXPORTER, () -> exporter(exports));
        checks.put(Component.QUEUE, this::queue);
        checks.put(Component.MODEL, this::model);
    }

    /** All components now. */
    public HealthReport report() {
        Map<Component, ComponentHealth> components = new EnumMap<>(Component.class);
        checks.forEach((component, check) -> components.put(component, check.get()));
        return new HealthReport(components);
    }

    /** Whether one component is healthy now. */
    public boolean healthy(Component component) {
        return component(component).verdict().healthy();
    }

    /** Why no request can be answered now; empty if one can. */
    public Optional<ApiException> unavailability() {
        return state.unavailability().or(this::restartReason);
    }

    /** Why the process has to be started again; empty if it has not. */
    public Optional<ApiException> restartReason() {
        ComponentHealth engine = component(Component.ENGINE);
        return switch (engine.verdict()) {
            case WEDGED, STUCK_CALL -> Optional.of(new ApiException(ErrorReason.ENGINE_STUCK, engine.reason()));
            case DEAD -> Optional.of(new ApiException(ErrorReason.ENGINE_STOPPED, engine.reason()));
            case OK, IDLE, BUSY, LOADING, DRAINING, OFF, FULL, FAILED, FAILING -> Optional.empty();
        };
    }

    private ComponentHealth component(Component component) {
        Supplier<ComponentHealth> check = checks.get(component);
        if (check == null) {
            throw new IllegalStateException("no check of " + component);
        }
        return check.get();
    }

    private ComponentHealth gpu(boolean onGpu) {
        if (!onGpu) {
            return new ComponentHealth(Verdict.OFF, "the model runs on the processor");
        }
        return state.gpuFault()
                .map(fault -> new ComponentHealth(Verdict.FAILED, fault))
                .orElseGet(() -> new ComponentHealth(Verdict.OK, "the model's GPU can be used"));
    }

    private static ComponentHealth store(ArchiveStats store) {
        double lagSeconds = store.lagSeconds();
        return store.failure()
                .map(failure -> new ComponentHealth(Verdict.FAILING, "the latest rows were lost: " + failure))
                .orElseGet(() -> lagSeconds < STORE_LAG_LIMIT_SECONDS
                        ? new ComponentHealth(Verdict.OK, "rows are written")
                        : new ComponentHealth(
                                Verdict.FAILING,
                                "the oldest row has waited " + Math.round(lagSeconds) + " s to be written"));
    }

    private static ComponentHealth ledger(LedgerCounts ledger) {
        return ledger.trouble()
                .map(trouble -> new ComponentHealth(Verdict.FAILING, trouble))
                .orElseGet(() -> new ComponentHealth(Verdict.OK, "entries are written"));
    }

    private static ComponentHealth exporter(Map<Signal, ExportCounts> exports) {
        String failing = exports.entrySet().stream()
                .filter(export -> export.getValue().failing())
                .map(export ->
                        export.getKey().label() + " (" + export.getValue().lostCount() + " lost)")
                .collect(Collectors.joining(", "));
        return failing.isEmpty()
                ? new ComponentHealth(Verdict.OK, "no latest export has failed")
                : new ComponentHealth(Verdict.FAILING, "the latest export failed of " + failing);
    }

    private ComponentHealth queue() {
        Optional<ServedModel> model = state.model();
        if (model.isEmpty()) {
            return new ComponentHealth(Verdict.LOADING, "there is no queue before the model is loaded");
        }
        String waiting = model.get().engine().waitingCount() + " requests wait";
        return model.get().engine().full()
                ? new ComponentHealth(Verdict.FULL, waiting + ", more are refused")
                : new ComponentHealth(Verdict.OK, waiting);
    }

    private ComponentHealth model() {
        if (state.draining()) {
            return new ComponentHealth(Verdict.DRAINING, "the server is stopping");
        }
        return state.model()
                .map(model -> new ComponentHealth(Verdict.OK, model.name() + " is loaded"))
                .orElseGet(() -> new ComponentHealth(Verdict.LOADING, "the model is still loading"));
    }
}
