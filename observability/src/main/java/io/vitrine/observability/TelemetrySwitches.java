package io.vitrine.observability;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which parts of telemetry are on, to be changed while the server runs. A part that was not started is off for good.
 * Any thread; a look costs one volatile read.
 */
public final class TelemetrySwitches {

    private final Set<TelemetryPart> started;
    /** The bits of the parts that are on. */
    private volatile int on;

    /** All of {@code started} are on. */
    public TelemetrySwitches(Set<TelemetryPart> started) {
        this.started = EnumSet.noneOf(TelemetryPart.class);
        this.started.addAll(started);
        int bits = 0;
        for (TelemetryPart part : started) {
            bits |= part.bit();
        }
        on = bits;
    }

    public boolean isOn(TelemetryPart part) {
        return (on & part.bit()) != 0;
    }

    /** Those of two parts that are on; bit 0 for the first, bit 1 for the second. */
    int pair(TelemetryPart first, TelemetryPart second) {
        int bits = on;
        return ((bits & first.bit()) != 0 ? 1 : 0) | ((bits & second.bit()) != 0 ? 2 : 0);
    }

    /** Whether the part can be switched on. */
    public synchronized boolean isStarted(TelemetryPart part) {
        return started.contains(part);
    }

    /** The part is not there: it is off, and cannot be switched on. */
    public synchronized void withhold(TelemetryPart part) {
        started.remove(part);
        on &= ~part.bit();
    }

    /** Every part, in the order of declaration. */
    public Map<TelemetryPart, Boolean> all() {
        int bits = on;
        Map<TelemetryPart, Boolean> all = new EnumMap<>(TelemetryPart.class);
        for (TelemetryPart part : TelemetryPart.values()) {
            all.put(part, (bits & part.bit()) != 0);
        }
        return all;
    }

    /**
     * Switches parts, all at once; those that are not named stay as they are.
     *
     * @throws IllegalArgumentException if one is to be on that was not started; nothing is changed then
     */
    public synchronized void change(Map<TelemetryPart, Boolean> wanted) {
        int bits = on;
        for (Map.Entry<TelemetryPart, Boolean> change : wanted.entrySet()) {
            TelemetryPart part = change.getKey();
            if (change.getValue() && !isStarted(part)) {
                throw new IllegalArgumentException(part.label() + " was not started (" + part.configurationKey() + ")");
            }
            bits = change.getValue() ? bits | part.bit() : bits & ~part.bit();
        }
        on = bits;
    }
}
