package io.vitrine.server.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.CudaGpu;
import io.vitrine.gpu.DriverInfo;
import io.vitrine.gpu.EventState;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.ProbeClock;
import io.vitrine.gpu.advice.CapacityHistory;
import io.vitrine.gpu.advice.ServingLoad;
import io.vitrine.gpu.host.HostMetric;
import io.vitrine.gpu.host.HostReading;
import io.vitrine.gpu.host.HostWatch;

/**
 * How the machine is, and how it was in the last hours: whoever keeps the time has it {@linkplain #sample sampled}. In memory only, a
 * day of minutes for each card and, where the model runs on the processor, for the host; it begins anew with the server. Any thread that
 * may read a file.
 */
public final class MachineView {

    /** How often it is to be sampled: often enough for the mean of a minute. */
    public static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(10);

    /** More cards than any machine has: where their names change without end, the history does not grow with them. */
    private static final int MOST_GPUS = 64;

    private static final ServingLoad IDLE = new ServingLoad(1, 0, 0);

    private final HostWatch host;
    private final ProbeClock clock;
    private final Optional<CudaGpu> modelGpu;
    private final Supplier<Optional<ServingLoad>> load;
    private final CapacityHistory hostHistory = new CapacityHistory();
    private final Map<String, CapacityHistory> gpuHistories = new ConcurrentHashMap<>();
    private volatile Supplier<GpuSnapshot> gpus;
    private final ProcessUse processUse = new ProcessUse();
    private volatile LongSupplier engineSteps = () -> 0;

    /**
     * @param modelGpu the GPU that the model runs on; empty on the processor
     * @param load how busy the model is; empty while there is none
     */
    public MachineView(
            HostWatch host, ProbeClock clock, Optional<CudaGpu> modelGpu, Supplier<Optional<ServingLoad>> load) {
        this.host = host;
        this.clock = clock;
        this.modelGpu = modelGpu;
        this.load = load;
        GpuSnapshot nothing = new GpuSnapshot(
                clock.nanoTime(),
                clock.now(),
                0,
                new CollectorStatus(CollectorState.STARTING, "", EventState.OFF),
                DriverInfo.NONE,
                List.of(),
                0,
                0);
        gpus = () -> nothing;
    }

    /** From now on the engine's steps are counted here. */
    public void readSteps(LongSupplier steps) {
        engineSteps = steps;
    }

    /** What the server's process has used since its start, in counters. */
    public Map<String, Object> processUse() {
        return processUse.reading(engineSteps.getAsLong());
    }

    /** From now on the GPUs are read from here; answers at once. */
    public void readGpus(Supplier<GpuSnapshot> snapshots) {
        gpus = snapshots;
    }

    /** Power that the model's device takes now, in watts: its GPU's, or the processor's; empty where nothing measures it. */
    public OptionalDouble modelWatts() {
        return modelGpu.isPresent()
                ? gpus.get()
                        .find(modelGpu.get())
                        .map(gpu -> gpu.value(GpuMetric.POWER_WATTS))
                        .orElse(OptionalDouble.empty())
                : host.reading().value(HostMetric.POWER_WATTS);
    }

    /** Adds what is now to the history; nothing while no model is loaded, as that is no load to plan for. */
    public void sample() {
        load.get().ifPresent(this::sample);
    }

    private void sample(ServingLoad now) {
        Instant at = clock.now();
        GpuSnapshot snapshot = gpus.get();
        if (snapshot.status().state() == CollectorState.RUNNING) {
            for (GpuReading gpu : snapshot.gpus()) {
                add(at, gpu, now);
            }
        }
        if (modelGpu.isEmpty()) {
            hostHistory.add(at, host.reading(), now);
        }
    }

    private void add(Instant at, GpuReading gpu, ServingLoad now) {
        String uuid = gpu.identity().uuid();
        if (gpuHistories.containsKey(uuid) || gpuHistories.size() < MOST_GPUS) {
            gpuHistories
                    .computeIfAbsent(uuid, unknown -> new CapacityHistory())
                    .add(at, gpu, runsModel(gpu) ? now : IDLE);
        }
    }

    /** The latest readings as a JSON object, with their age and the history that there is. */
    public Map<String, Object> now() {
        GpuSnapshot snapshot = gpus.get();
        HostReading hostNow = host.reading();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("object", "gpu.snapshot");
        object.put("taken_at", snapshot.takenAt().toString());
        object.put("age_seconds", snapshot.age(clock.nanoTime()).toMillis() * 1e-3);
        object.putAll(new GpuReport(snapshot, hostNow).object());
        object.put("history", CapacityReport.windows(this, snapshot));
        return object;
    }

    /** What the last hours advise, as a JSON object: for each card, and for the host where the model runs on the processor. */
    public Map<String, Object> capacity(Duration window) {
        return new CapacityReport(this, gpus.get(), clock.now().minus(window)).object(window);
    }

    /** What the host's history is of, if it has one. */
    Optional<CapacityHistory> hostHistory() {
        return modelGpu.isEmpty() ? Optional.of(hostHistory) : Optional.empty();
    }

    /** The history of a card. */
    CapacityHistory history(GpuReading gpu) {
        return gpuHistories.getOrDefault(gpu.identity().uuid(), new CapacityHistory());
    }

    /** Whether the model runs on this card. */
    boolean runsModel(GpuReading gpu) {
        return modelGpu.isPresent() && modelGpu.get().is(gpu.identity());
    }
}
