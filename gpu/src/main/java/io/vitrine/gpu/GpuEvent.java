package io.vitrine.gpu;

import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Something the driver reported of a GPU. The driver gives no time: it is that of the arrival.
 *
 * @param kind what
 * @param gpu which
 * @param xidOrNull for {@link Kind#XID}, which error
 * @param detail in words
 * @param atNanos when it arrived, on the probe's clock
 * @param at the same as time of day
 */
public record GpuEvent(Kind kind, GpuIdentity gpu, @Nullable Xid xidOrNull, String detail, long atNanos, Instant at) {

    /** What sorts of events are waited for. */
    public enum Kind {
        /** An error of the driver's list. */
        XID(0x8, "driver error"),
        /** A memory error that was put right. */
        ECC_CORRECTED(0x1, "corrected memory error"),
        /** A memory error that was not. */
        ECC_UNCORRECTED(0x2, "uncorrected memory error"),
        /** Main or battery power. */
        POWER_SOURCE(0x80, "power source changed"),
        /** MIG was configured. */
        MIG_CHANGED(0x100, "MIG configuration changed"),
        /** Many corrected errors at once. */
        ECC_STORM(0x200, "storm of corrected memory errors"),
        /** A memory page or row was taken out of use. */
        MEMORY_RETIRED(0x400, "memory retired"),
        /** That failed. */
        MEMORY_RETIREMENT_FAILED(0x800, "retirement of memory failed"),
        /** The GPU cannot be used. */
        GPU_UNAVAILABLE(0x4000, "GPU unavailable"),
        /** The driver asks for something else to be done. */
        RECOVERY_ACTION(0x8000, "recovery action changed"),
        /** Of a later driver. */
        OTHER(0, "event");

        private final long bit;
        private final String words;

        Kind(long bit, String words) {
            this.bit = bit;
            this.words = words;
        }

        /** What it is, in words. */
        public String words() {
            return words;
        }

        static Kind of(long type) {
            for (Kind kind : values()) {
                if (kind.bit == type) {
                    return kind;
                }
            }
            return OTHER;
        }

        static long mask() {
            long mask = 0;
            for (Kind kind : values()) {
                mask |= kind.bit;
            }
            return mask;
        }
    }

    /** Which error, for {@link Kind#XID}. */
    public Optional<Xid> xid() {
        return Optional.ofNullable(xidOrNull);
    }
}
