package io.vitrine.observability;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.CollectorState;
import io.vitrine.gpu.CollectorStatus;
import io.vitrine.gpu.DriverInfo;
import io.vitrine.gpu.EventState;
import io.vitrine.gpu.GpuEvent;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.gpu.HealthReason;
import io.vitrine.gpu.HealthRule;
import io.vitrine.gpu.HealthState;
import io.vitrine.gpu.Xid;
import io.vitrine.gpu.XidClass;
import io.vitrine.gpu.XidTally;

/** A GPU for tests. */
public final class TestGpus {

    public static final GpuIdentity CARD =
            new GpuIdentity(0, "GPU-1", "NVIDIA H100", "00000000:3B:00.0", "", "", "Hopper", "9.0");

    public static final GpuHealth LOST = new GpuHealth(
            HealthState.FAILED, List.of(new HealthReason(HealthRule.LOST, HealthState.FAILED, "the GPU is lost")));

    private TestGpus() {}

    /** Every number there is: the first is 1, the second 2. */
    public static Map<GpuMetric, Double> everything() {
        Map<GpuMetric, Double> values = new EnumMap<>(GpuMetric.class);
        for (GpuMetric metric : GpuMetric.values()) {
            values.put(metric, values.size() + 1.0);
        }
        return values;
    }

    public static GpuSnapshot snapshot(Map<GpuMetric, Double> values, GpuHealth health, XidTally... xids) {
        GpuReading reading = new GpuReading(
                CARD, 1, true, values, Map.of(), 0, List.of(), List.of(), List.of(xids), GpuTrends.NONE, health);
        return snapshot(CollectorState.RUNNING, List.of(reading));
    }

    public static GpuSnapshot snapshot(CollectorState state, List<GpuReading> gpus) {
        return new GpuSnapshot(
                0, Instant.EPOCH, 1, new CollectorStatus(state, "", EventState.ALIVE), DriverInfo.NONE, gpus, 3, 0.25);
    }

    public static XidTally xid(int code, long count) {
        return new XidTally(new Xid(code, XidClass.RESET, "fell off the bus", "reset it"), count, Instant.EPOCH);
    }

    /** A card that is well, falls off the bus, and takes the driver with it for a while. */
    public static void story(GpuListener gpus) {
        gpus.snapshotTaken(snapshot(Map.of(), GpuHealth.GOOD));
        gpus.snapshotTaken(snapshot(Map.of(), GpuHealth.GOOD));
        gpus.eventArrived(new GpuEvent(GpuEvent.Kind.XID, CARD, xid(79, 1).xid(), "XID 79", 0, Instant.EPOCH));
        gpus.healthChanged(CARD, GpuHealth.GOOD, LOST);
        gpus.collectorUnresponsive(
                snapshot(CollectorState.UNRESPONSIVE, List.of()).status());
        gpus.collectorBack(Duration.ofSeconds(9));
    }
}
