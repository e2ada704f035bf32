package io.vitrine.gpu.advice;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuMetric;
import io.vitrine.gpu.GpuReading;
import io.vitrine.gpu.GpuTrends;
import io.vitrine.gpu.HealthReason;
import io.vitrine.gpu.HealthRule;
import io.vitrine.gpu.HealthState;

/**
 * The conditions under which a GPU is worth a word, as data: what is looked at, where it fires and for how long it must, where it clears
 * and for how long. The first four are the course's; the clear values keep an alert from flapping. Who evaluates them, notifies and
 * silences, is elsewhere.
 */
public enum GpuAlert {
    /** The course's underutilisation: scale down. Without a load guard it would fire on every idle server. */
    LOW_UTILIZATION(
            Level.INFO,
            new Rule("mean compute load of 15 minutes", "1", Side.BELOW, 0.50, 0.60),
            minutes(15),
            minutes(5),
            "scale down: fewer GPUs, or a smaller one, would do",
            input -> input.gpu().trends().utilizationMeanRatio()),
    /** The course's memory pressure. Memory taken in advance and not in use does not count. */
    MEMORY_HIGH(
            Level.WARNING,
            new Rule("memory occupied, of total", "1", Side.ABOVE, 0.90, 0.85),
            minutes(2),
            minutes(2),
            "memory optimisation: fewer slots, a shorter context, a smaller precision",
            GpuAlert::memory),
    /** Memory is about to run out. */
    MEMORY_CRITICAL(
            Level.CRITICAL,
            new Rule("memory occupied, of total", "1", Side.ABOVE, 0.97, 0.95),
            minutes(1),
            minutes(2),
            "free memory now: the next large request may fail",
            GpuAlert::memory),
    /** Memory grows steadily and will be full within the hour. */
    MEMORY_LEAK(
            Level.WARNING,
            new Rule("time until memory is full at the pace of 30 minutes", "s", Side.BELOW, 3600, 7200),
            minutes(10),
            minutes(10),
            "look for a leak: memory grows at steady load",
            GpuAlert::secondsUntilFull),
    /** The course's thermal alert. */
    TEMPERATURE_HIGH(
            Level.WARNING,
            new Rule("temperature", "Cel", Side.ABOVE, 80, 75),
            minutes(5),
            minutes(5),
            "cooling investigation: air flow, fans, dust, neighbours",
            input -> input.gpu().value(GpuMetric.TEMPERATURE_CELSIUS)),
    /** Close to where it slows itself down. */
    TEMPERATURE_CRITICAL(
            Level.CRITICAL,
            new Rule("temperature", "Cel", Side.ABOVE, 85, 80),
            minutes(1),
            minutes(5),
            "cooling investigation, at once",
            input -> input.gpu().value(GpuMetric.TEMPERATURE_CELSIUS)),
    /** The same by the GPU's own measure, which knows its model's limits. */
    TEMPERATURE_MARGIN(
            Level.CRITICAL,
            new Rule("degrees left to the nearest slowdown", "Cel", Side.BELOW, 5.5, 10),
            minutes(1),
            minutes(5),
            "cooling investigation, at once",
            input -> input.gpu().value(GpuMetric.TEMPERATURE_MARGIN_CELSIUS)),
    /** Memory has its own limit. */
    MEMORY_TEMPERATURE(
            Level.WARNING,
            new Rule("memory temperature", "Cel", Side.ABOVE, 95, 90),
            minutes(5),
            minutes(5),
            "cooling investigation: memory",
            input -> input.gpu().value(GpuMetric.TEMPERATURE_MEMORY_CELSIUS)),
    /** The course's hardware errors: uncorrected memory errors, bad XIDs, a failed remap. Held until a reset or an acknowledgement. */
    HARDWARE_ERRORS(
            Level.CRITICAL,
            new Rule("errors that are the hardware's", "{error}", Side.ABOVE, 0, 0),
            Duration.ZERO,
            Duration.ZERO,
            "hardware replacement: drain, diagnose, replace",
            GpuAlert::errors),
    /** Errors that are the applications', or look so: a contained memory error, application XIDs that come often. Forgotten in ten minutes. */
    APPLICATION_ERRORS(
            Level.WARNING,
            new Rule("errors that hit single processes", "{error}", Side.ABOVE, 0, 0),
            Duration.ZERO,
            Duration.ZERO,
            "restart what was hit; if it comes again elsewhere, suspect the hardware",
            input -> held(input, Set.of(HealthRule.XID_RESTART, HealthRule.XID_REPEATED))),
    /** Corrected errors come fast: the memory that is about to fail. Single ones are nothing. */
    CORRECTED_ERRORS(
            Level.WARNING,
            new Rule("corrected memory errors a second, over 5 minutes", "{error}/s", Side.ABOVE, 10, 1),
            minutes(5),
            minutes(5),
            "plan a hardware replacement: uncorrected errors follow",
            input -> OptionalDouble.of(input.gpu().trends().correctedErrorsPerSecond())),
    /** Heat or the power supply holds the clocks. */
    THROTTLED(
            Level.WARNING,
            new Rule("share of 5 minutes with clocks held by heat or power brake", "1", Side.ABOVE, 0.20, 0.05),
            minutes(1),
            minutes(5),
            "cooling or power supply investigation",
            input -> OptionalDouble.of(input.gpu().trends().throttledRatio())),
    /** The GPU is gone. */
    LOST(
            Level.CRITICAL,
            new Rule("lost or missing", "1", Side.ABOVE, 0, 0),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            "drain, reset or reboot; if it comes back, replace the card",
            input -> OptionalDouble.of(
                    input.gpu().health().has(HealthRule.LOST)
                                    || input.gpu().health().has(HealthRule.MISSING)
                            ? 1
                            : 0)),
    /** The driver answers, and yet the card cannot be read: replaced under us, gone, forbidden. */
    UNREADABLE(
            Level.CRITICAL,
            new Rule("cannot be read although the driver answers", "1", Side.ABOVE, 0, 0),
            minutes(1),
            Duration.ofSeconds(3),
            "drain, then mend the driver: what is wrong stands in the reasons",
            input -> OptionalDouble.of(unreadable(input.gpu().health()) ? 1 : 0)),
    /** Nobody knows how it is: the driver does not answer. */
    COLLECTOR_UNRESPONSIVE(
            Level.CRITICAL,
            new Rule("age of the reading", "s", Side.ABOVE, 15, 15),
            Duration.ZERO,
            Duration.ofSeconds(3),
            "the driver does not answer: see the kernel's log",
            input -> OptionalDouble.of(input.age().toMillis() * 1e-3));

    /** How urgent. */
    public enum Level {
        /** For whoever plans. */
        INFO,
        /** Within the hour. */
        WARNING,
        /** Now. */
        CRITICAL
    }

    /** On which side of its value a condition fires. */
    public enum Side {
        /** Greater. */
        ABOVE,
        /** Less. */
        BELOW
    }

    /**
     * One comparison.
     *
     * @param reading what is looked at, in words
     * @param unit its unit
     * @param side where it fires
     * @param threshold fires beyond this
     * @param clear clears on the other side of this; where it is the threshold, whenever it does not fire
     */
    public record Rule(String reading, String unit, Side side, double threshold, double clear) {

        boolean fires(double value) {
            return side == Side.ABOVE ? value > threshold : value < threshold;
        }

        boolean clears(double value) {
            if (threshold == clear) {
                return !fires(value);
            }
            return side == Side.ABOVE ? value < clear : value > clear;
        }
    }

    /** Below this share of loaded time a low utilisation is no waste but a lull. */
    public static final double LOADED_SHARE = 0.8;

    private static final Set<HealthRule> HARDWARE_RULES = Set.of(
            HealthRule.XID_DEGRADED,
            HealthRule.XID_RESET,
            HealthRule.XID_HARDWARE,
            HealthRule.REMAP_FAILED,
            HealthRule.UNREPAIRABLE);

    private final Level level;

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final Rule rule;

    private final Duration firesAfter;
    private final Duration clearsAfter;
    private final String recommendation;

    /** Lambdas that capture nothing. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<AlertInput, OptionalDouble> reading;

    GpuAlert(
            Level level,
            Rule rule,
            Duration firesAfter,
            Duration clearsAfter,
            String recommendation,
            Function<AlertInput, OptionalDouble> reading) {
        this.level = level;
        this.rule = rule;
        this.firesAfter = firesAfter;
        this.clearsAfter = clearsAfter;
        this.recommendation = recommendation;
        this.reading = reading;
    }

    /** How urgent. */
    public Level level() {
        return level;
    }

    /** What is compared with what. */
    public Rule rule() {
        return rule;
    }

    /** How long it must hold before it fires. */
    public Duration firesAfter() {
        return firesAfter;
    }

    /** How long it must be clear before it resolves. */
    public Duration clearsAfter() {
        return clearsAfter;
    }

    /** What to do. */
    public String recommendation() {
        return recommendation;
    }

    /** Whether it means something only while there is work; the plain form is {@link #rule} without this. */
    public boolean onlyUnderLoad() {
        return this == LOW_UTILIZATION;
    }

    /** Whether other alerts of this GPU say nothing while this one fires. */
    public boolean silencesOthers() {
        return this == LOST || this == COLLECTOR_UNRESPONSIVE;
    }

    /** The value now; empty when this GPU does not have it, which neither fires nor clears. */
    public OptionalDouble reading(AlertInput input) {
        return reading.apply(input);
    }

    /** Whether the condition holds now. */
    public boolean fires(AlertInput input) {
        OptionalDouble value = reading(input);
        return value.isPresent() && rule.fires(value.getAsDouble()) && !excused(input);
    }

    /** Whether it is clear now: between the two it is neither. */
    public boolean clears(AlertInput input) {
        OptionalDouble value = reading(input);
        return value.isPresent() && (rule.clears(value.getAsDouble()) || excused(input));
    }

    private boolean excused(AlertInput input) {
        return onlyUnderLoad() && input.loadedShare() < LOADED_SHARE;
    }

    /** A server that takes its cache in advance sits above 90 % by design: what of it is not in use counts as free. */
    private static OptionalDouble memory(AlertInput input) {
        GpuReading gpu = input.gpu();
        OptionalDouble total = gpu.value(GpuMetric.MEMORY_TOTAL_BYTES);
        OptionalDouble occupied = gpu.value(GpuMetric.MEMORY_OCCUPIED_BYTES);
        if (total.isEmpty() || occupied.isEmpty() || total.getAsDouble() == 0) {
            return OptionalDouble.empty();
        }
        double spare = input.preallocatedBytes() * (1 - input.preallocatedUsedRatio());
        return OptionalDouble.of(Math.max(0, occupied.getAsDouble() - spare) / total.getAsDouble());
    }

    /** Memory that is known not to grow is never full. */
    private static OptionalDouble secondsUntilFull(AlertInput input) {
        GpuTrends trends = input.gpu().trends();
        boolean steady = trends.memoryBytesPerSecond().orElse(1) <= 0;
        return steady ? OptionalDouble.of(Double.POSITIVE_INFINITY) : trends.memoryFullInSeconds();
    }

    private static OptionalDouble errors(AlertInput input) {
        double uncorrected = input.gpu().value(GpuMetric.ECC_UNCORRECTED_ERRORS).orElse(0);
        return OptionalDouble.of(uncorrected + held(input, HARDWARE_RULES).orElse(0));
    }

    /** How many of the rules hold. */
    private static OptionalDouble held(AlertInput input, Set<HealthRule> rules) {
        long count = input.gpu().health().reasons().stream()
                .map(HealthReason::rule)
                .filter(rules::contains)
                .count();
        return OptionalDouble.of((double) count);
    }

    private static boolean unreadable(GpuHealth health) {
        return health.state() == HealthState.UNKNOWN && !health.has(HealthRule.STALLED);
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }
}
