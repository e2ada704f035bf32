package io.vitrine.gpu;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.vitrine.gpu.nvml.NvmlReturn;
import org.jspecify.annotations.Nullable;

/** What is remembered of one GPU between polls: its window, its XIDs, its health. Guarded by the board. */
final class GpuTracker {

    /** So many good polls in a row, before a GPU that failed or was unknown is believed to be well. */
    static final int GOOD_POLLS = 3;

    private static final List<GpuMetric> FALL_IS_A_RESET =
            List.of(GpuMetric.ENERGY_JOULES, GpuMetric.ECC_CORRECTED_ERRORS, GpuMetric.ECC_UNCORRECTED_ERRORS);

    private final GpuWindow window = new GpuWindow();
    private final XidMemory xids = new XidMemory();
    private RawReading last;
    private Map<GpuMetric, Double> baseline = Map.of();
    private Map<GpuMetric, Double> valuesBefore = Map.of();
    private boolean eventsSilent;
    private boolean wasGone;
    private int strangeAnswers;
    private int life = 1;
    private int goodPolls;
    private GpuHealth health = GpuHealth.GOOD;

    GpuTracker(RawReading first) {
        this.last = first;
    }

    GpuIdentity identity() {
        return last.identity();
    }

    GpuHealth health() {
        return health;
    }

    void polled(RawReading raw, boolean eventsAreSilent, long nowNanos) {
        boolean answering = answering(raw);
        if (answering && begunAnew(raw)) {
            beginLife();
        }
        wasGone = answering ? false : wasGone || gone(raw);
        last = raw;
        eventsSilent = eventsAreSilent;
        strangeAnswers = raw.answer() == NvmlReturn.UNKNOWN ? strangeAnswers + 1 : 0;
        if (answering) {
            baseline = baseline.isEmpty() ? Map.copyOf(raw.values()) : baseline;
            valuesBefore = Map.copyOf(raw.values());
            window.add(sample(raw, nowNanos * 1e-9));
        }
        adoptAfterPoll(judge(nowNanos, null));
    }

    void arrived(Xid xid, long nowNanos, Instant at) {
        xids.add(xid, nowNanos, at);
        adoptIfWorse(judge(nowNanos, null));
    }

    void stalled(String what, long nowNanos) {
        goodPolls = 0;
        adoptIfWorse(judge(nowNanos, what));
    }

    void acknowledge() {
        xids.forgive();
    }

    GpuReading reading() {
        return new GpuReading(
                last.identity(),
                life,
                answering(last),
                last.values(),
                last.absences(),
                last.throttleBits(),
                last.processes(),
                last.migInstances(),
                xids.tallies(),
                window.trends(),
                health);
    }

    private GpuHealth judge(long nowNanos, @Nullable String stall) {
        return HealthRule.judge(new HealthFacts(
                last.answer(),
                strangeAnswers,
                last.missing(),
                last.values(),
                window.trends(),
                xids.held(nowNanos),
                baseline,
                eventsSilent,
                stall));
    }

    private void adoptIfWorse(GpuHealth judged) {
        if (judged.state().compareTo(health.state()) >= 0) {
            health = judged;
            goodPolls = 0;
        }
    }

    private void adoptAfterPoll(GpuHealth judged) {
        boolean mends = !health.state().usable() && judged.state().compareTo(health.state()) < 0;
        goodPolls = mends ? goodPolls + 1 : 0;
        if (mends && goodPolls < GOOD_POLLS) {
            List<HealthReason> reasons = new ArrayList<>(judged.reasons());
            reasons.add(
                    0,
                    new HealthReason(
                            HealthRule.RECOVERING, health.state(), goodPolls + " of " + GOOD_POLLS + " good polls"));
            health = new GpuHealth(health.state(), reasons);
        } else {
            health = judged;
            goodPolls = 0;
        }
    }

    /** A GPU that was gone and answers to a new initialisation, or counters that fell: what was held against it is over. */
    private boolean begunAnew(RawReading raw) {
        boolean back = wasGone && raw.reopened();
        boolean fell = FALL_IS_A_RESET.stream()
                .anyMatch(counter ->
                        raw.values().getOrDefault(counter, Double.MAX_VALUE) < valuesBefore.getOrDefault(counter, 0.0));
        return back || fell;
    }

    private void beginLife() {
        life++;
        xids.forgive();
        window.clear();
        baseline = Map.of();
    }

    private static boolean answering(RawReading raw) {
        return !raw.missing() && !raw.values().isEmpty();
    }

    private static boolean gone(RawReading raw) {
        return raw.missing()
                || raw.answer() == NvmlReturn.GPU_IS_LOST
                || raw.answer() == NvmlReturn.RESET_REQUIRED
                || raw.answer() == NvmlReturn.INSUFFICIENT_POWER
                || raw.answer() == NvmlReturn.DRIVER_NOT_LOADED;
    }

    private static GpuWindow.Sample sample(RawReading raw, double atSeconds) {
        Map<GpuMetric, Double> values = raw.values();
        Double thermal = values.get(GpuMetric.THROTTLED_HARDWARE_THERMAL_SECONDS);
        Double brake = values.get(GpuMetric.THROTTLED_POWER_BRAKE_SECONDS);
        return new GpuWindow.Sample(
                atSeconds,
                values.get(GpuMetric.UTILIZATION_RATIO),
                values.get(GpuMetric.MEMORY_OCCUPIED_BYTES),
                values.get(GpuMetric.MEMORY_TOTAL_BYTES),
                ThrottleReason.HW_THERMAL.in(raw.throttleBits())
                        || ThrottleReason.HW_POWER_BRAKE.in(raw.throttleBits()),
                thermal == null || brake == null ? null : thermal + brake,
                values.get(GpuMetric.ECC_CORRECTED_ERRORS),
                raw.seconds());
    }
}
