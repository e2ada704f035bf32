package io.vitrine.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import io.vitrine.gpu.nvml.Nvml;
import io.vitrine.gpu.nvml.NvmlDevice;
import io.vitrine.gpu.nvml.NvmlEvent;
import io.vitrine.gpu.nvml.NvmlEventSet;
import io.vitrine.gpu.nvml.NvmlResult;
import io.vitrine.gpu.nvml.NvmlReturn;
import io.vitrine.gpu.nvml.NvmlSymbol;
import org.jspecify.annotations.Nullable;

/**
 * One initialisation of the library: the GPUs as they were listed then, their handles, and the set of their events. Handles do not
 * outlive it. Opened and closed by the poller; the event set is also the event waiter's, under the collector's gate.
 */
final class NvmlSession {

    /** Enough for a name or a UUID, as NVML's header has it. */
    static final int TEXT_BYTES = 96;

    private static final int SERIAL_BYTES = 30;
    private static final int VBIOS_BYTES = 32;

    private static final Map<Long, String> ARCHITECTURES = Map.of(
            2L,
            "Kepler",
            3L,
            "Maxwell",
            4L,
            "Pascal",
            5L,
            "Volta",
            6L,
            "Turing",
            7L,
            "Ampere",
            8L,
            "Ada",
            9L,
            "Hopper",
            10L,
            "Blackwell",
            13L,
            "Rubin");

    /**
     * One place in PCI order.
     *
     * @param answer why there is no handle, or success
     */
    record Slot(
            GpuIdentity identity,
            NvmlReturn answer,
            @Nullable DeviceReader reader) {}

    private final int generation;
    private final Nvml nvml;
    private final DriverInfo driver;
    private final ProcessReader processes;
    private final List<Slot> slots = new ArrayList<>();
    private @Nullable NvmlEventSet events;
    private boolean eventsRegistered;

    private NvmlSession(int generation, Nvml nvml) {
        this.generation = generation;
        this.nvml = nvml;
        this.driver = driverInfo(nvml);
        this.processes = new ProcessReader(nvml);
    }

    /**
     * Takes stock of an initialised library.
     *
     * @param known GPUs that were seen before, for those that will not say who they are now
     */
    static NvmlSession open(int generation, Nvml nvml, int count, List<GpuIdentity> known, GpuProbeSettings settings) {
        NvmlSession session = new NvmlSession(generation, nvml);
        for (int index = 0; index < count; index++) {
            session.slots.add(session.slot(index, known, settings));
        }
        session.buildEvents();
        return session;
    }

    private Slot slot(int index, List<GpuIdentity> known, GpuProbeSettings settings) {
        NvmlResult<NvmlDevice> handle = nvml.device(index);
        NvmlDevice device = handle.value();
        GpuIdentity before = known.stream()
                .filter(one -> one.index() == index)
                .findFirst()
                .orElseGet(() -> GpuIdentity.nameless(index));
        if (device == null) {
            return new Slot(before, handle.returned(), null);
        }
        NvmlResult<String> uuid = device.text(NvmlSymbol.UUID, TEXT_BYTES);
        String name = uuid.value();
        return name == null
                ? new Slot(before, uuid.returned(), null)
                : new Slot(
                        identity(index, name, device),
                        NvmlReturn.SUCCESS,
                        new DeviceReader(device, settings, processes));
    }

    private static GpuIdentity identity(int index, String uuid, NvmlDevice device) {
        long[] capability =
                device.unsignedInts(NvmlSymbol.COMPUTE_CAPABILITY, 2).value();
        String architecture = device.unsignedInt(NvmlSymbol.ARCHITECTURE)
                .optional()
                .map(code -> ARCHITECTURES.getOrDefault(code, "architecture " + code))
                .orElse("");
        return new GpuIdentity(
                index,
                uuid,
                device.text(NvmlSymbol.NAME, TEXT_BYTES).optional().orElse(""),
                device.pciBusId().optional().orElse(""),
                device.text(NvmlSymbol.SERIAL, SERIAL_BYTES).optional().orElse(""),
                device.text(NvmlSymbol.VBIOS_VERSION, VBIOS_BYTES).optional().orElse(""),
                architecture,
                capability == null ? "" : capability[0] + "." + capability[1]);
    }

    private static DriverInfo driverInfo(Nvml nvml) {
        return new DriverInfo(
                nvml.driverVersion().optional().orElse(""),
                nvml.nvmlVersion().optional().orElse(""),
                nvml.cudaVersion()
                        .optional()
                        .map(v -> String.format(Locale.ROOT, "%d.%d", v / 1000, v % 1000 / 10))
                        .orElse(""));
    }

    /** A new event set with every GPU that has events. What came before is lost. */
    void buildEvents() {
        events = nvml.eventSet().value();
        eventsRegistered = false;
        NvmlEventSet set = events;
        if (set == null) {
            return;
        }
        for (Slot slot : slots) {
            DeviceReader reader = slot.reader();
            if (reader != null
                    && reader.device().register(set, GpuEvent.Kind.mask()).value() != null) {
                eventsRegistered = true;
            }
        }
    }

    void freeEvents() {
        if (events != null) {
            events.free();
            events = null;
        }
    }

    /** The event set, if any GPU is in it. */
    Optional<NvmlEventSet> events() {
        return eventsRegistered ? Optional.ofNullable(events) : Optional.empty();
    }

    /** Whose event it is, by the handles of the registration: a GPU that is gone no longer tells its name. */
    Optional<GpuIdentity> whose(NvmlEvent event) {
        for (Slot slot : slots) {
            DeviceReader reader = slot.reader();
            if (reader != null && reader.device().is(event)) {
                return Optional.of(slot.identity());
            }
        }
        return Optional.empty();
    }

    int generation() {
        return generation;
    }

    Nvml nvml() {
        return nvml;
    }

    DriverInfo driver() {
        return driver;
    }

    List<Slot> slots() {
        return slots;
    }

    ProcessReader processes() {
        return processes;
    }

    /** From now on the GPU is not asked again in this session. */
    void giveUp(int index, NvmlReturn answer) {
        Slot slot = slots.get(index);
        slots.set(index, new Slot(slot.identity(), answer, null));
    }

    /** Gives everything back. Not while someone waits for events. */
    void close() {
        for (Slot slot : slots) {
            DeviceReader reader = slot.reader();
            if (reader != null) {
                reader.close();
            }
        }
        freeEvents();
        nvml.shutdown();
    }
}
