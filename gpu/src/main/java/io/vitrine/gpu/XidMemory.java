package io.vitrine.gpu;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which XIDs came on one GPU: counted for ever, and held against it until they expire, it begins anew, or someone acknowledges. */
final class XidMemory {

    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    /** So many applications' faults in ten minutes are the GPU's. */
    static final int REPEATED = 3;

    /** What has been held against the GPU at most; a storm of one code must not grow this. */
    private static final int MAX_HELD = 256;

    /** One report that still counts. */
    record Held(Xid xid, long atNanos) {}

    private final Map<Integer, XidTally> tallies = new TreeMap<>();
    private final List<Held> held = new ArrayList<>();

    void add(Xid xid, long atNanos, Instant at) {
        XidTally before = tallies.get(xid.code());
        tallies.put(xid.code(), new XidTally(xid, before == null ? 1 : before.count() + 1, at));
        // Of a class that does not expire one report says as much as many.
        boolean same = !xid.severity().expires()
                && held.stream().anyMatch(one -> one.xid().code() == xid.code());
        if (!same) {
            held.add(new Held(xid, atNanos));
        }
        if (held.size() > MAX_HELD) {
            held.remove(0);
        }
    }

    /** What counts now, oldest first. */
    List<Held> held(long nowNanos) {
        held.removeIf(one -> one.xid().severity().expires() && nowNanos - one.atNanos() > FORGOTTEN_AFTER.toNanos());
        return List.copyOf(held);
    }

    List<XidTally> tallies() {
        return List.copyOf(tallies.values());
    }

    /** The GPU began anew, or a person has seen to it; the counts stay. */
    void forgive() {
        held.clear();
    }
}
