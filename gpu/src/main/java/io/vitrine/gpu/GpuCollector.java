package io.vitrine.gpu;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.vitrine.gpu.nvml.CallWatch;
import io.vitrine.gpu.nvml.Nvml;
import io.vitrine.gpu.nvml.NvmlLibrary;
import io.vitrine.gpu.nvml.NvmlResult;
import io.vitrine.gpu.nvml.NvmlReturn;
import org.jspecify.annotations.Nullable;

/**
 * One poll after the other of all GPUs: opens the library when it is there, reads, and opens it anew when handles went stale, GPUs were
 * lost or their number changed. Poller thread only, but for {@link #session} under the {@link #gate}.
 */
final class GpuCollector {

    private final GpuProbeSettings settings;
    private final ProbeClock clock;
    private final CallWatch watch;
    private final EventHeartbeat heartbeat;

    /** Held while someone waits for events, and to close a session: the library is never shut down under a wait. */
    private final ReentrantLock gate = new ReentrantLock(true);

    private final Map<String, GpuIdentity> known = new LinkedHashMap<>();
    private volatile @Nullable NvmlSession session;
    private @Nullable NvmlLibrary library;
    private CollectorState closedState = CollectorState.STARTING;
    private NvmlReturn closedCode = NvmlReturn.SUCCESS;
    private int generation;
    private boolean reopened;
    private @Nullable Long openTriedNanos;
    private long invalidSamples;

    GpuCollector(GpuProbeSettings settings, ProbeClock clock, CallWatch watch, EventHeartbeat heartbeat) {
        this.settings = settings;
        this.clock = clock;
        this.watch = watch;
        this.heartbeat = heartbeat;
    }

    ReentrantLock gate() {
        return gate;
    }

    /** The session there is now. */
    Optional<NvmlSession> session() {
        return Optional.ofNullable(session);
    }

    /** How long to wait before the next poll. */
    Duration interval() {
        return session == null ? settings.lostRecheck() : settings.pollInterval();
    }

    PollResult poll() {
        long start = clock.nanoTime();
        if (session == null ? due(start) : countChanged() || (anyGivenUp() && due(start))) {
            reopen(start);
        }
        List<RawReading> readings = read();
        if (readings.stream().anyMatch(raw -> stale(raw.answer()))) {
            reopen(start);
            readings = read();
        }
        reopened = false;
        NvmlSession open = session;
        return new PollResult(
                start,
                generation,
                status(start),
                open == null ? DriverInfo.NONE : open.driver(),
                readings,
                invalidSamples,
                (clock.nanoTime() - start) * 1e-9);
    }

    /** Whether it was closed; not while someone is stuck in a wait, and then the library stays open. */
    boolean close() {
        NvmlSession open = session;
        if (open == null) {
            return true;
        }
        if (!takeGate()) {
            return false;
        }
        try {
            session = null;
            open.close();
            return true;
        } finally {
            gate.unlock();
        }
    }

    private void reopen(long now) {
        openTriedNanos = now;
        if (!close()) {
            return;
        }
        closedCode = open();
        closedState = stateOf(closedCode);
    }

    private NvmlReturn open() {
        NvmlResult<NvmlLibrary> loaded =
                library == null ? NvmlLibrary.load(settings.library(), watch) : new NvmlResult<>(0, library);
        library = loaded.value();
        if (library == null) {
            return loaded.returned();
        }
        Nvml nvml = new Nvml(library);
        NvmlReturn init = NvmlReturn.of(nvml.init());
        if (init != NvmlReturn.SUCCESS) {
            return init;
        }
        NvmlResult<Integer> count = nvml.deviceCount();
        int gpus = count.optional().orElse(0);
        if (gpus == 0) {
            nvml.shutdown();
            return count.value() == null ? count.returned() : NvmlReturn.GPU_NOT_FOUND;
        }
        generation++;
        reopened = true;
        NvmlSession opened = NvmlSession.open(generation, nvml, gpus, List.copyOf(known.values()), settings);
        remember(opened);
        session = opened;
        heartbeat.beat(clock.nanoTime());
        return NvmlReturn.SUCCESS;
    }

    private void remember(NvmlSession opened) {
        known.values().removeIf(GpuIdentity::isNameless);
        opened.slots().forEach(slot -> known.put(slot.identity().uuid(), slot.identity()));
    }

    private List<RawReading> read() {
        List<RawReading> readings = new ArrayList<>();
        NvmlSession open = session;
        for (GpuIdentity gpu : List.copyOf(known.values())) {
            readings.add(open == null ? unread(gpu) : readOf(open, gpu));
        }
        if (open != null) {
            open.processes().keep(readings);
        }
        return readings;
    }

    private RawReading unread(GpuIdentity gpu) {
        boolean missing = closedCode == NvmlReturn.GPU_NOT_FOUND;
        return RawReading.silent(gpu, closedCode, missing, false, 0);
    }

    private RawReading readOf(NvmlSession open, GpuIdentity gpu) {
        for (int i = 0; i < open.slots().size(); i++) {
            NvmlSession.Slot slot = open.slots().get(i);
            if (slot.identity().uuid().equals(gpu.uuid())) {
                return readSlot(open, i, slot);
            }
        }
        return RawReading.silent(gpu, NvmlReturn.GPU_NOT_FOUND, true, reopened, 0);
    }

    private RawReading readSlot(NvmlSession open, int index, NvmlSession.Slot slot) {
        DeviceReader reader = slot.reader();
        if (reader == null) {
            return RawReading.silent(slot.identity(), slot.answer(), false, reopened, 0);
        }
        RawReading raw = reader.read(slot.identity(), reopened, clock);
        invalidSamples += reader.invalidSamples();
        if (DeviceReader.FATAL.contains(raw.answer()) && !stale(raw.answer())) {
            open.giveUp(index, raw.answer());
        }
        return raw;
    }

    /** Codes after which only a new initialisation helps, and helps at once. */
    private static boolean stale(NvmlReturn answer) {
        return answer == NvmlReturn.UNINITIALIZED || answer == NvmlReturn.INVALID_ARGUMENT;
    }

    private boolean countChanged() {
        NvmlSession open = session;
        if (open == null) {
            return false;
        }
        Integer count = open.nvml().deviceCount().value();
        return count != null && count != open.slots().size();
    }

    private boolean anyGivenUp() {
        NvmlSession open = session;
        return open != null
                && (open.slots().stream().anyMatch(GpuCollector::worthAsking)
                        || open.slots().size() < known.size());
    }

    /** A GPU that is not ours to open stays so: a new initialisation would only disturb the others. */
    private static boolean worthAsking(NvmlSession.Slot slot) {
        return slot.reader() == null && slot.answer() != NvmlReturn.NO_PERMISSION;
    }

    private boolean due(long now) {
        Long tried = openTriedNanos;
        return tried == null || now - tried >= settings.lostRecheck().toNanos();
    }

    private boolean takeGate() {
        try {
            return gate.tryLock(settings.eventWait().toNanos() * 3, TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CollectorStatus status(long now) {
        NvmlSession open = session;
        if (open == null) {
            String detail = closedCode == NvmlReturn.SUCCESS ? "" : closedCode.words() + ", code " + closedCode.code();
            return new CollectorStatus(closedState, detail, EventState.OFF);
        }
        boolean any = open.events().isPresent();
        return new CollectorStatus(CollectorState.RUNNING, "", any ? heartbeat.state(now) : EventState.UNSUPPORTED);
    }

    private static CollectorState stateOf(NvmlReturn code) {
        return switch (code) {
            case SUCCESS -> CollectorState.RUNNING;
            case LIBRARY_NOT_FOUND -> CollectorState.NO_LIBRARY;
            case DRIVER_NOT_LOADED -> CollectorState.DRIVER_NOT_LOADED;
            case LIB_RM_VERSION_MISMATCH -> CollectorState.VERSION_MISMATCH;
            case GPU_NOT_FOUND -> CollectorState.NO_GPUS;
            default -> CollectorState.UNAVAILABLE;
        };
    }
}
