package io.vitrine.gpu.advice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import io.vitrine.gpu.advice.CapacityAdvice.Kind;

/** Reads a capacity history and says in words what it asks for. Pure; the limits are in one place, below. */
public final class CapacityAdvisor {

    /** Less history says nothing about a day. */
    public static final Duration LEAST_HISTORY = Duration.ofHours(1);

    private static final double LOW_LOAD = 0.50;
    private static final double HIGH_LOAD = 0.80;
    private static final double FULL_SLOTS = 0.90;
    private static final double SHORT_MEMORY = 0.90;
    private static final double AMPLE_MEMORY = 0.60;
    private static final double AT_POWER_LIMIT = 0.95;
    private static final double OFTEN = 0.20;
    private static final double SELDOM = 0.05;

    private CapacityAdvisor() {}

    /** What is to be done about it, most urgent first; {@link Kind#KEEP} alone when nothing is. */
    public static List<CapacityAdvice> advise(CapacitySubject subject, List<CapacityMinute> minutes) {
        if (minutes.size() < LEAST_HISTORY.toMinutes()) {
            return List.of(advice(
                    Kind.WAIT,
                    Map.of("minutes", (double) minutes.size()),
                    "%d minutes of history; advice needs %d",
                    minutes.size(),
                    LEAST_HISTORY.toMinutes()));
        }
        List<CapacityAdvice> found = new ArrayList<>();
        heat(minutes, found);
        memory(minutes, found);
        load(subject, minutes, found);
        power(minutes, found);
        if (found.isEmpty()) {
            found.add(advice(
                    Kind.KEEP,
                    Map.of("minutes", (double) minutes.size()),
                    "nothing to change after %d minutes",
                    minutes.size()));
        }
        return List.copyOf(found);
    }

    private static void heat(List<CapacityMinute> minutes, List<CapacityAdvice> found) {
        double share = share(minutes, CapacityMinute::throttled);
        if (share > SELDOM) {
            found.add(advice(
                    Kind.COOL,
                    Map.of("throttledShare", share),
                    "heat or the power supply held the clocks in %.0f %% of the minutes: better cooling is speed",
                    share * 100));
        }
    }

    private static void memory(List<CapacityMinute> minutes, List<CapacityAdvice> found) {
        double peak = minutes.stream()
                .mapToDouble(CapacityMinute::occupiedPeak)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(Double.NaN);
        Map<String, Double> numbers = Map.of("occupiedPeak", peak);
        if (peak > SHORT_MEMORY) {
            found.add(advice(
                    Kind.SAVE_MEMORY,
                    numbers,
                    "memory reached %.0f %%: fewer slots, a shorter context or a smaller precision",
                    peak * 100));
        } else if (peak < AMPLE_MEMORY) {
            found.add(advice(
                    Kind.USE_MEMORY,
                    numbers,
                    "memory never went above %.0f %%: there is room for more KV cache, or for a larger model",
                    peak * 100));
        }
    }

    private static void load(CapacitySubject subject, List<CapacityMinute> minutes, List<CapacityAdvice> found) {
        double load = mean(minutes, CapacityMinute::utilizationMean);
        double busy = mean(minutes, CapacityMinute::busyMean);
        double waiting = share(minutes, minute -> minute.queuedMean() > 0 && minute.busyMean() >= FULL_SLOTS);
        boolean told = !Double.isNaN(load);
        Map<String, Double> numbers = told
                ? Map.of("utilizationMean", load, "busyMean", busy, "waitingShare", waiting)
                : Map.of("busyMean", busy, "waitingShare", waiting);
        String atLoad = told ? String.format(Locale.ROOT, ", at %.0f %% load", load * 100) : "";
        if (waiting >= OFTEN && load >= HIGH_LOAD) {
            found.add(advice(
                    Kind.SCALE_UP,
                    numbers,
                    "requests waited in %.0f %% of the minutes, all slots busy%s: another %s is needed",
                    waiting * 100,
                    atLoad,
                    subject.one()));
        } else if (waiting >= OFTEN) {
            found.add(advice(
                    Kind.ADD_SLOTS,
                    numbers,
                    "requests waited in %.0f %% of the minutes, all slots busy%s: try more slots on this %s",
                    waiting * 100,
                    atLoad,
                    subject.one()));
        } else if (load < LOW_LOAD && busy < LOW_LOAD) {
            found.add(advice(
                    Kind.SCALE_DOWN,
                    numbers,
                    "load was %.0f %% and %.0f %% of the slots were busy over %d minutes: fewer %s would do",
                    load * 100,
                    busy * 100,
                    minutes.size(),
                    subject.several()));
        }
    }

    private static void power(List<CapacityMinute> minutes, List<CapacityAdvice> found) {
        double share = share(minutes, minute -> minute.powerMean() >= AT_POWER_LIMIT);
        if (share >= OFTEN) {
            found.add(advice(
                    Kind.RAISE_POWER_LIMIT,
                    Map.of("atPowerLimitShare", share),
                    "power was at its limit in %.0f %% of the minutes: a higher limit is more speed, if cooling allows it",
                    share * 100));
        }
    }

    private static double share(List<CapacityMinute> minutes, Predicate<CapacityMinute> which) {
        return (double) minutes.stream().filter(which).count() / minutes.size();
    }

    /** Over the minutes in which the GPU told; NaN, which is neither low nor high, if it never did. */
    private static double mean(List<CapacityMinute> minutes, ToDoubleFunction<CapacityMinute> value) {
        return minutes.stream()
                .mapToDouble(value)
                .filter(one -> !Double.isNaN(one))
                .average()
                .orElse(Double.NaN);
    }

    private static CapacityAdvice advice(Kind kind, Map<String, Double> numbers, String sentence, Object... values) {
        return new CapacityAdvice(kind, String.format(Locale.ROOT, sentence, values), numbers);
    }
}
