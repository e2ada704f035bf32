package io.vitrine.gpu.nvml;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * One GPU, or one MIG device, by its handle. Numbers are handed on as the library gave them: unsigned 32-bit ones as a
 * {@code long}, unsigned 64-bit ones as the bits of a {@code long}.
 */
public final class NvmlDevice {

    /** The processes of one GPU that are read at most. */
    static final int MAX_PROCESSES = 1024;

    private static final int SIZE_TRIES = 3;

    private final NvmlLibrary library;
    private final Pointer handle;

    NvmlDevice(NvmlLibrary library, Pointer handle) {
        this.library = library;
        this.handle = handle;
    }

    /** A text of at most {@code bytes} bytes with its end mark, as name, UUID, serial number. */
    public NvmlResult<String> text(NvmlSymbol symbol, int bytes) {
        return OutArguments.text(library, symbol, bytes, handle);
    }

    /** A function that fills one unsigned 32-bit number. */
    public NvmlResult<Long> unsignedInt(NvmlSymbol symbol) {
        return unsignedInts(symbol, 1).map(values -> values[0]);
    }

    /** The same with a selector (a sensor, a clock, a fan) before it. */
    public NvmlResult<Long> unsignedInt(NvmlSymbol symbol, int selector) {
        return OutArguments.unsignedInts(library, symbol, 1, handle, selector).map(values -> values[0]);
    }

    /** A function that fills {@code count} unsigned 32-bit numbers. */
    public NvmlResult<long[]> unsignedInts(NvmlSymbol symbol, int count) {
        return OutArguments.unsignedInts(library, symbol, count, handle);
    }

    /** A function that fills one unsigned 64-bit number. */
    public NvmlResult<Long> unsignedLong(NvmlSymbol symbol) {
        return OutArguments.unsignedLong(library, symbol, handle);
    }

    /** ECC errors: type 0 corrected, 1 uncorrected; counter 0 since the driver was loaded, 1 of the GPU's life. */
    public NvmlResult<Long> eccErrors(int type, int counter) {
        return OutArguments.unsignedLong(library, NvmlSymbol.ECC_TOTAL, handle, type, counter);
    }

    /** The PCI bus id, for example {@code 00000000:3B:00.0}. */
    public NvmlResult<String> pciBusId() {
        return struct(NvmlSymbol.PCI_INFO, Struct.PCI_INFO, bytes -> cString(bytes, 36, 32));
    }

    /** Percent of the last sampling window in which a kernel ran, and in which memory was read or written. */
    public NvmlResult<long[]> utilization() {
        return struct(NvmlSymbol.UTILIZATION, Struct.UTILIZATION, bytes -> unsignedIntsAt(bytes, 0, 4));
    }

    /** Bytes {@code total, reserved, free, used}, where used has no part of reserved; newer drivers. */
    public NvmlResult<long[]> memory() {
        return struct(NvmlSymbol.MEMORY_V2, Struct.MEMORY_V2, bytes -> longsAt(bytes, 8, 16, 24, 32));
    }

    /** Bytes {@code total, free, used}, where used includes reserved; every driver. */
    public NvmlResult<long[]> memoryOld() {
        return struct(NvmlSymbol.MEMORY, Struct.MEMORY, bytes -> longsAt(bytes, 0, 8, 16));
    }

    /** Bytes {@code total, free, used} of the window through which the host reads GPU memory. */
    public NvmlResult<long[]> bar1Memory() {
        return struct(NvmlSymbol.BAR1_MEMORY, Struct.MEMORY, bytes -> longsAt(bytes, 0, 8, 16));
    }

    /** Degrees Celsius, signed: sensor 0 the GPU, 1 its hottest spot. */
    public NvmlResult<Integer> temperature(int sensor) {
        return versioned(NvmlSymbol.TEMPERATURE_V, Struct.TEMPERATURE, sensor, 8);
    }

    /** Degrees left to the nearest slowdown. */
    public NvmlResult<Integer> marginTemperature() {
        return struct(NvmlSymbol.MARGIN_TEMPERATURE, Struct.MARGIN_TEMPERATURE, bytes -> bytes.getInt(4));
    }

    /** Revolutions per minute of a fan. */
    public NvmlResult<Long> fanRpm(int fan) {
        return versioned(NvmlSymbol.FAN_RPM, Struct.FAN_SPEED_INFO, fan, 8).map(Integer::toUnsignedLong);
    }

    /** {@code volatile uncorrected, volatile corrected, threshold exceeded} of the on-chip memories. */
    public NvmlResult<long[]> sramEccStatus() {
        return struct(NvmlSymbol.SRAM_ECC_STATUS, Struct.SRAM_ECC_STATUS, bytes ->
                new long[] {bytes.getLong(40), bytes.getLong(48), Integer.toUnsignedLong(bytes.getInt(96))});
    }

    /** Memory banks by what is left to remap rows to: {@code max, high, partial, low, none}. */
    public NvmlResult<long[]> rowRemapperHistogram() {
        return struct(
                NvmlSymbol.ROW_REMAPPER_HISTOGRAM,
                Struct.ROW_REMAPPER_HISTOGRAM,
                bytes -> unsignedIntsAt(bytes, 0, 4, 8, 12, 16));
    }

    /**
     * 1 when the memory cannot be repaired. NVIDIA's header (13.5) hands a struct of the flag alone, NVIDIA's Python binding (13.615)
     * one with a version word before it: the buffer fits both, and where the word still stands the flag is behind it.
     */
    public NvmlResult<Long> unrepairableMemory() {
        return struct(NvmlSymbol.UNREPAIRABLE_MEMORY, Struct.UNREPAIRABLE_MEMORY, bytes -> {
            boolean wordStands = bytes.getInt(0) == Struct.UNREPAIRABLE_MEMORY.versionWord();
            return Integer.toUnsignedLong(bytes.getInt(wordStands ? 4 : 0));
        });
    }

    /** {@code multiprocessors, GPU slices, compute slices, memory in MiB} of a MIG device. */
    public NvmlResult<long[]> migAttributes() {
        return struct(NvmlSymbol.ATTRIBUTES, Struct.DEVICE_ATTRIBUTES, bytes -> new long[] {
            Integer.toUnsignedLong(bytes.getInt(0)),
            Integer.toUnsignedLong(bytes.getInt(24)),
            Integer.toUnsignedLong(bytes.getInt(28)),
            bytes.getLong(32)
        });
    }

    /** A MIG device on this GPU; {@link NvmlReturn#NOT_FOUND} for a slot that is empty. */
    public NvmlResult<NvmlDevice> migDevice(int index) {
        return OutArguments.unsignedLong(library, NvmlSymbol.MIG_HANDLE_BY_INDEX, handle, index)
                .map(address -> new NvmlDevice(library, new Pointer(address)));
    }

    /** Many field values in one call to the driver, each with its own code; a failed call gives them all its code. */
    public List<FieldValue> fieldValues(List<FieldValue.Request> requests) {
        if (requests.isEmpty()) {
            return List.of();
        }
        int bytes = Struct.FIELD_VALUE.bytes();
        try (Memory out = OutArguments.zeroed(requests.size() * bytes)) {
            for (int i = 0; i < requests.size(); i++) {
                out.setInt((long) i * bytes, requests.get(i).field());
                out.setInt((long) i * bytes + 4, requests.get(i).scope());
            }
            int code = library.call(NvmlSymbol.FIELD_VALUES, handle, requests.size(), out);
            List<FieldValue> values = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                values.add(FieldValue.read(requests.get(i), code, out.share((long) i * bytes, bytes)));
            }
            return values;
        }
    }

    /** The processes of one kind; the functions are tried in order while a driver lacks them. */
    public NvmlResult<List<ProcessInfo>> processes(NvmlSymbol newer, NvmlSymbol older) {
        NvmlResult<List<ProcessInfo>> result = processes(newer);
        return result.returned().asksForOlder() ? processes(older) : result;
    }

    /** The list can grow between the question how long it is and the list: asked anew, a few times. */
    private NvmlResult<List<ProcessInfo>> processes(NvmlSymbol symbol) {
        int code = 0;
        int room = 0;
        for (int tries = 0; tries < SIZE_TRIES; tries++) {
            try (Memory count = OutArguments.zeroed(Integer.BYTES);
                    Memory out = OutArguments.zeroed(Math.max(1, room) * Struct.PROCESS_INFO.bytes())) {
                count.setInt(0, room);
                code = library.call(symbol, handle, count, room == 0 ? null : out);
                if (code == 0) {
                    return NvmlResult.of(ProcessInfo.list(out, Math.min(room, count.getInt(0))));
                }
                if (code != NvmlReturn.INSUFFICIENT_SIZE.code()) {
                    break;
                }
                room = Math.min(MAX_PROCESSES, 2 * count.getInt(0) + 5);
            }
        }
        return NvmlResult.failed(code);
    }

    /** Adds this GPU's events of the given types, of those it supports, to a set: the mask that was registered. */
    public NvmlResult<Long> register(NvmlEventSet set, long wanted) {
        NvmlResult<Long> supported = unsignedLong(NvmlSymbol.SUPPORTED_EVENTS);
        Long there = supported.value();
        if (there == null) {
            return supported;
        }
        long mask = there & wanted;
        if (mask == 0) {
            return NvmlResult.failed(NvmlReturn.NOT_SUPPORTED);
        }
        int code = library.call(NvmlSymbol.REGISTER_EVENTS, handle, mask, set.pointer());
        return code == 0 ? NvmlResult.of(mask) : NvmlResult.failed(code);
    }

    /** Whether this is the device an event names. */
    public boolean is(NvmlEvent event) {
        return Pointer.nativeValue(handle) == event.handle();
    }

    /** A sampler of this GPU's profiling metrics, if it has them (Hopper and newer). */
    public NvmlResult<GpmSampler> gpmSampler() {
        return GpmSampler.of(library, handle);
    }

    /** A struct that wants a selector behind its version word. */
    private NvmlResult<Integer> versioned(NvmlSymbol symbol, Struct struct, int selector, int offset) {
        try (Memory out = OutArguments.zeroed(struct.bytes())) {
            out.setInt(0, struct.versionWord());
            out.setInt(4, selector);
            return OutArguments.filled(library.call(symbol, handle, out), out, bytes -> bytes.getInt(offset));
        }
    }

    private <T> NvmlResult<T> struct(NvmlSymbol symbol, Struct struct, Function<ByteBuffer, T> form) {
        return OutArguments.struct(library, symbol, struct, form, handle);
    }

    private static long[] unsignedIntsAt(ByteBuffer bytes, int... offsets) {
        long[] values = new long[offsets.length];
        for (int i = 0; i < offsets.length; i++) {
            values[i] = Integer.toUnsignedLong(bytes.getInt(offsets[i]));
        }
        return values;
    }

    private static long[] longsAt(ByteBuffer bytes, int... offsets) {
        long[] values = new long[offsets.length];
        for (int i = 0; i < offsets.length; i++) {
            values[i] = bytes.getLong(offsets[i]);
        }
        return values;
    }

    private static String cString(ByteBuffer bytes, int offset, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = offset; i < offset + length && bytes.get(i) != 0; i++) {
            text.append((char) bytes.get(i));
        }
        return text.toString();
    }
}
