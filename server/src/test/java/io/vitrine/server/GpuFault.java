package io.vitrine.server;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.vitrine.gpu.FakeDriver;
import io.vitrine.gpu.HealthRule;
import io.vitrine.gpu.HealthState;

/**
 * Faults of a GPU, each as a timeline of the fake driver in which it begins at second {@value #BEGINS}, and what must
 * come of it: the card's state with every reason.
 */
public enum GpuFault {
    LOST(11, HealthState.FAILED, Set.of(HealthRule.LOST), "@10 ret.gpu0=15"),
    XID_79_THEN_LOST(
            13,
            HealthState.FAILED,
            Set.of(HealthRule.LOST, HealthRule.XID_HARDWARE),
            "@10 event gpu0 xid=79",
            "@12 ret.gpu0=15"),
    HANGS_IN_ONE_CALL(17, HealthState.UNKNOWN, Set.of(HealthRule.STALLED), "@10 hang.nvmlDeviceGetUtilizationRates=1"),
    HANGS_IN_THE_WAIT_FOR_EVENTS(
            28, HealthState.DEGRADED, Set.of(HealthRule.EVENTS_SILENT), "@10 hang.nvmlEventSetWait_v2=1"),
    XID_48(10, HealthState.FAILED, Set.of(HealthRule.XID_RESET), "@10 event gpu0 xid=48"),
    XID_94(10, HealthState.DEGRADED, Set.of(HealthRule.XID_RESTART), "@10 event gpu0 xid=94"),
    XID_13_TWENTY_TIMES(
            12,
            HealthState.DEGRADED,
            Set.of(HealthRule.XID_REPEATED),
            IntStream.range(0, 20)
                    .mapToObj(i -> "@" + (10 + i * 0.1) + " event gpu0 xid=13")
                    .toArray(String[]::new)),
    GETS_TOO_HOT(
            102,
            HealthState.DEGRADED,
            Set.of(HealthRule.THROTTLED),
            Stream.concat(
                            Stream.of(
                                    "@10..40 gpu0.temp=lerp(70,92)",
                                    "@10 gpu0.throttle=0x20",
                                    "@30 gpu0.throttle=0x48"),
                            // The time held back by heat, as the driver counts it: from second 30 on all of it.
                            IntStream.rangeClosed(30, 130)
                                    .mapToObj(t -> "@" + t + " gpu0.fv.270=3:" + (t - 30) * 1_000_000_000L))
                    .toArray(String[]::new)),
    STORM_OF_CORRECTED_ERRORS(
            12,
            HealthState.DEGRADED,
            Set.of(HealthRule.CORRECTED_ERROR_RATE),
            IntStream.range(0, 60)
                    .mapToObj(i -> "@" + (10 + i) + " gpu0.fv.3=3:" + 17_700 * (i + 1))
                    .toArray(String[]::new)),
    DRIVER_REPLACED(
            11,
            HealthState.UNKNOWN,
            Set.of(HealthRule.DRIVER_MISMATCH),
            "@10 ret.gpu0=18",
            "@10 ret.nvmlInitWithFlags=18"),
    MIG_IS_ON(
            11,
            HealthState.OK,
            Set.of(),
            "@10 gpu0.mig.mode=1",
            "gpu0.mig.max=7",
            "@10 ret.nvmlDeviceGetUtilizationRates=3",
            "gpu0.mig1.uuid=MIG-1",
            "gpu0.mig1.gi=3",
            "gpu0.mig1.ci=0"),
    OLD_DRIVER(11, HealthState.OK, Set.of()),
    OLD_DRIVER_LOSES_ITS_GPU(11, HealthState.FAILED, Set.of(HealthRule.LOST), "@10 ret.gpu0=15");

    /** Second of the timeline. */
    public static final int BEGINS = 10;

    /** The call that {@link #HANGS_IN_ONE_CALL} is about. */
    static final String HANGING = "nvmlDeviceGetUtilizationRates";

    /** The state of a GPU and its reasons. */
    record Outcome(HealthState state, Set<HealthRule> rules) {}

    private final double shownAt;

    @SuppressWarnings("ImmutableEnumChecker") // sets that nobody changes
    private final Outcome outcome;

    @SuppressWarnings("ImmutableEnumChecker") // a list that nobody changes
    private final List<String> timeline;

    GpuFault(double shownAt, HealthState state, Set<HealthRule> rules, String... timeline) {
        this.shownAt = shownAt;
        this.outcome = new Outcome(state, rules);
        this.timeline = List.of(timeline);
    }

    /** A driver with one GPU, to which it will happen. */
    public FakeDriver driver() {
        FakeDriver.Build build = name().startsWith("OLD_DRIVER") ? FakeDriver.Build.OLD : FakeDriver.Build.NEW;
        return FakeDriver.create(build).set("count=1").gpu(0).set(timeline.toArray(String[]::new));
    }

    /** The second of the timeline by which it must be seen, with a poll a second. */
    double shownAt() {
        return shownAt;
    }

    Outcome outcome() {
        return outcome;
    }

    /** Whether polls come to an end with it. */
    boolean hangsThePoll() {
        return this == HANGS_IN_ONE_CALL;
    }

    /** The second at which waits for events end in an error or not at all. */
    double eventsEndAt() {
        return switch (this) {
            case LOST, OLD_DRIVER_LOSES_ITS_GPU, HANGS_IN_THE_WAIT_FOR_EVENTS -> BEGINS;
            case XID_79_THEN_LOST -> BEGINS + 2;
            default -> Double.POSITIVE_INFINITY;
        };
    }
}
