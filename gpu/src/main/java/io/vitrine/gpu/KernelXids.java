package io.vitrine.gpu;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

import io.vitrine.gpu.kernel.KernelLog;
import io.vitrine.gpu.kernel.XidLine;

/**
 * Brings the board the XIDs that are in the kernel's log and did not come as events: because the driver has none, hangs, or left one out.
 * Both count from the probe's start on, so what the log has more of is missing. Watchdog's thread, which no call into the driver holds up.
 */
final class KernelXids implements AutoCloseable {

    /** An event may come a little after the line, and is then not missing. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private final KernelLog log;
    private final GpuBoard board;
    private final ProbeClock clock;
    private final Map<Key, Long> lines = new HashMap<>();
    private final Map<Key, Long> newest = new HashMap<>();

    /** One error of one GPU. */
    private record Key(String uuid, int code) {}

    KernelXids(KernelLog log, GpuBoard board, ProbeClock clock) {
        this.log = log;
        this.board = board;
        this.clock = clock;
    }

    void check() {
        long now = clock.nanoTime();
        for (String line : log.readNew()) {
            XidLine.parse(line).ifPresent(xid -> count(xid, now));
        }
        Iterator<Map.Entry<Key, Long>> waiting = newest.entrySet().iterator();
        while (waiting.hasNext()) {
            Map.Entry<Key, Long> one = waiting.next();
            if (now - one.getValue() >= GRACE.toNanos()) {
                waiting.remove();
                bringMissing(one.getKey(), now);
            }
        }
    }

    private void count(XidLine line, long now) {
        board.latest().gpus().stream()
                .map(GpuReading::identity)
                .filter(gpu -> line.isOf(gpu.pciBusId()))
                .findFirst()
                .ifPresent(gpu -> {
                    Key key = new Key(gpu.uuid(), line.code());
                    lines.merge(key, 1L, Long::sum);
                    newest.put(key, now);
                });
    }

    private void bringMissing(Key key, long now) {
        Optional<GpuReading> gpu = board.latest().find(key.uuid());
        long came = gpu.stream()
                .flatMap(reading -> reading.xids().stream())
                .filter(tally -> tally.xid().code() == key.code())
                .mapToLong(XidTally::count)
                .sum();
        for (long missing = lines.getOrDefault(key, 0L) - came; missing > 0; missing--) {
            gpu.ifPresent(reading -> board.arrived(event(reading.identity(), key.code(), now)));
        }
    }

    private GpuEvent event(GpuIdentity gpu, int code, long now) {
        Xid xid = XidTable.find(code);
        String detail = "XID " + xid.code() + ": " + xid.meaning() + "; " + xid.action() + " (from the kernel's log)";
        return new GpuEvent(GpuEvent.Kind.XID, gpu, xid, detail, now, clock.now());
    }

    @Override
    public void close() {
        log.close();
    }
}
