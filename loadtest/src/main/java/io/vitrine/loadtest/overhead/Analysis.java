package io.vitrine.loadtest.overhead;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import io.vitrine.loadtest.measure.Percentiles;
import io.vitrine.loadtest.overhead.Bootstrap.Interval;
import io.vitrine.loadtest.overhead.Certificate.Effect;
import io.vitrine.loadtest.overhead.Certificate.Factor;
import io.vitrine.loadtest.overhead.Certificate.Health;
import io.vitrine.loadtest.overhead.Certificate.Reconciliation;
import org.jspecify.annotations.Nullable;

/**
 * From blocks to effects: a pure function of the raw data. An arm is compared with the baseline blocks of its own row,
 * which had the same requests at the same times, as a difference of logarithms; a cost is positive.
 */
final class Analysis {

    /** Percentiles of the tail, the first one whose sample floor every arm reaches. */
    private static final double[] TAILS = {0.99, 0.95, 0.9, 0.75, 0.5};

    /** With 90 % probability an effect of that size gives a one-sided test at 5 % that finds it. */
    private static final double POWER_TAIL = 0.1;

    private static final double LEVEL = 0.05;

    private final RawData data;
    private final Map<Outcome.Load, List<List<Row>>> rows = new EnumMap<>(Outcome.Load.class);

    /** The blocks of one row that can be compared, by arm. */
    private record Row(Map<String, Block> blocks) {

        Block of(String arm) {
            return Objects.requireNonNull(blocks.get(arm), arm);
        }

        boolean has(String arm) {
            return blocks.containsKey(arm);
        }
    }

    private Analysis(RawData data) {
        this.data = data;
        for (Outcome.Load load : Outcome.Load.values()) {
            rows.put(load, rowsOf(load));
        }
    }

    static Certificate of(RawData data) {
        return new Analysis(data).certificate();
    }

    /** By launch. A row without both baselines is left out, and so is a block without tokens. */
    private List<List<Row>> rowsOf(Outcome.Load load) {
        Map<Integer, Map<Integer, Map<String, Block>>> byLaunch = new TreeMap<>();
        data.blocks().stream()
                .filter(block -> block.load() == load && block.tokens() > 0 && block.completed() > 0)
                .forEach(block -> byLaunch.computeIfAbsent(block.launch(), launch -> new TreeMap<>())
                        .computeIfAbsent(block.row(), row -> new LinkedHashMap<>())
                        .put(block.arm(), block));
        List<List<Row>> launches = new ArrayList<>();
        byLaunch.values().forEach(launch -> {
            List<Row> complete = launch.values().stream()
                    .map(Row::new)
                    .filter(row -> row.has(Arm.NONE.name()) && row.has(Arm.NONE_AGAIN.name()))
                    .toList();
            if (!complete.isEmpty()) {
                launches.add(complete);
            }
        });
        return launches;
    }

    private Certificate certificate() {
        List<Effect> effects = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            for (Arm arm : data.setup().arms()) {
                if (!arm.equals(Arm.NONE)) {
                    effect(outcome, arm).ifPresent(effects::add);
                }
            }
        }
        List<Effect> adjusted = holm(effects);
        return new Certificate(
                data.setup(), adjusted, factors(), reconciliations(adjusted), health(), tailPercentile());
    }

    /** The rows, by launch, that have the arm. */
    private List<List<Row>> rowsWith(Outcome.Load load, List<String> arms) {
        return launches(load).stream()
                .map(launch -> launch.stream()
                        .filter(row -> arms.stream().allMatch(row::has))
                        .toList())
                .filter(launch -> !launch.isEmpty())
                .toList();
    }

    private List<List<Row>> launches(Outcome.Load load) {
        return rows.getOrDefault(load, List.of());
    }

    private Optional<Effect> effect(Outcome outcome, Arm arm) {
        List<List<Row>> launches = rowsWith(outcome.load(), List.of(arm.name()));
        if (launches.isEmpty()) {
            return Optional.empty();
        }
        if (outcome.pooled()) {
            OptionalDouble tail = tailPercentile();
            if (tail.isEmpty()) {
                return Optional.empty();
            }
            Bootstrap<Tails> bootstrap = bootstrap(values(launches, row -> tails(row, arm)));
            Interval interval = bootstrap.of(drawn -> outcome.cost(pooledRatio(drawn, tail.getAsDouble())));
            String level = "p" + Math.round(100 * tail.getAsDouble());
            return Optional.of(effect(outcome, arm, level, launches, bootstrap.units(), interval));
        }
        return meanOf(launches, row -> difference(outcome, row, arm))
                .map(mean -> effect(outcome, arm, "", launches, mean.units(), mean.interval()));
    }

    /** The mean of a value that each row has. */
    private record Mean(Interval interval, int units) {}

    /** Empty if a row lacks the value. */
    private Optional<Mean> meanOf(List<List<Row>> launches, ToDoubleFunction<Row> value) {
        List<List<Double>> values = values(launches, value::applyAsDouble);
        if (values.stream().flatMap(List::stream).anyMatch(one -> one.isNaN())) {
            return Optional.empty();
        }
        Bootstrap<Double> bootstrap = bootstrap(values);
        return Optional.of(new Mean(bootstrap.of(Analysis::mean), bootstrap.units()));
    }

    private static <T> List<List<T>> values(List<List<Row>> launches, Function<Row, T> value) {
        return launches.stream()
                .map(launch -> launch.stream().map(value).toList())
                .toList();
    }

    private <T> Bootstrap<T> bootstrap(List<List<T>> launches) {
        return new Bootstrap<>(launches, data.setup().resamples(), data.setup().seed());
    }

    private static double mean(List<Double> values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.size();
    }

    /** The noise floor has one baseline block to compare with, every other arm two. */
    private static double difference(Outcome outcome, Row row, Arm arm) {
        double none = StrictMath.log(outcome.of(row.of(Arm.NONE.name())));
        double again = StrictMath.log(outcome.of(row.of(Arm.NONE_AGAIN.name())));
        double own = StrictMath.log(outcome.of(row.of(arm.name())));
        return outcome.cost(own - (arm.equals(Arm.NONE_AGAIN) ? none : (none + again) / 2));
    }

    /** Times to first token of a row, in the arm and without telemetry. */
    private record Tails(double[] own, double[] baseline) {}

    private static Tails tails(Row row, Arm arm) {
        List<Double> baseline = new ArrayList<>(row.of(Arm.NONE.name()).ttftMs());
        if (!arm.equals(Arm.NONE_AGAIN)) {
            baseline.addAll(row.of(Arm.NONE_AGAIN.name()).ttftMs());
        }
        return new Tails(array(row.of(arm.name()).ttftMs()), array(baseline));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double pooledRatio(List<Tails> drawn, double p) {
        return StrictMath.log(pooledQuantile(drawn, Tails::own, p))
                - StrictMath.log(pooledQuantile(drawn, Tails::baseline, p));
    }

    private static double pooledQuantile(List<Tails> drawn, Function<Tails, double[]> part, double p) {
        int count = 0;
        for (Tails tails : drawn) {
            count += part.apply(tails).length;
        }
        double[] pooled = new double[count];
        int filled = 0;
        for (Tails tails : drawn) {
            double[] values = part.apply(tails);
            System.arraycopy(values, 0, pooled, filled, values.length);
            filled += values.length;
        }
        Arrays.sort(pooled);
        return Percentiles.nearestRank(pooled, p);
    }

    /** Empty if an arm has not even the samples for a median. */
    private OptionalDouble tailPercentile() {
        Map<String, Integer> samples = new TreeMap<>();
        launches(Outcome.Load.OPEN).stream()
                .flatMap(List::stream)
                .flatMap(row -> row.blocks().values().stream())
                .forEach(block -> samples.merge(block.arm(), block.ttftMs().size(), Integer::sum));
        int fewest = samples.values().stream().mapToInt(count -> count).min().orElse(0);
        for (double p : TAILS) {
            if (fewest >= Percentiles.floor(p)) {
                return OptionalDouble.of(p);
            }
        }
        return OptionalDouble.empty();
    }

    private Effect effect(
            Outcome outcome, Arm arm, String level, List<List<Row>> launches, int units, Interval interval) {
        double margin = data.setup().margin();
        double low = StrictMath.expm1(interval.low());
        double high = StrictMath.expm1(interval.high());
        double factor = Statistics.quantileOfT(LEVEL, interval.freedom())
                + Statistics.quantileOfT(POWER_TAIL, interval.freedom());
        double t = interval.error() == 0 ? Double.POSITIVE_INFINITY : interval.value() / interval.error();
        List<Row> all = launches.stream().flatMap(List::stream).toList();
        return new Effect(
                arm.name(),
                outcome.label(),
                level,
                typical(outcome, all, Arm.NONE.name()),
                typical(outcome, all, arm.name()),
                StrictMath.expm1(interval.value()),
                low,
                high,
                StrictMath.expm1(interval.low95()),
                StrictMath.expm1(interval.high95()),
                StrictMath.expm1(factor * interval.error()),
                interval.value() == 0 ? 1 : Math.min(1, 2 * Statistics.tail(Math.abs(t), interval.freedom())),
                1,
                outcome.judged() ? Verdict.of(low, high, margin) : null,
                all.size(),
                units);
    }

    /** Geometric mean of the blocks; of a pooled outcome the percentile of all. */
    private double typical(Outcome outcome, List<Row> all, String arm) {
        if (outcome.pooled()) {
            List<Double> pooled = new ArrayList<>();
            all.forEach(row -> pooled.addAll(row.of(arm).ttftMs()));
            return Statistics.quantile(pooled, tailPercentile().orElse(0.5));
        }
        double sum = 0;
        for (Row row : all) {
            sum += StrictMath.log(outcome.of(row.of(arm)));
        }
        return StrictMath.exp(sum / all.size());
    }

    /** Over all arms and outcomes but the noise floor's, as one family. */
    private static List<Effect> holm(List<Effect> effects) {
        List<Effect> family = effects.stream()
                .filter(effect -> !effect.arm().equals(Arm.NONE_AGAIN.name()))
                .toList();
        double[] adjusted =
                Statistics.holm(family.stream().mapToDouble(Effect::p).toArray());
        return effects.stream()
                .map(effect -> {
                    int at = family.indexOf(effect);
                    return at < 0 ? effect.withHolm(effect.p()) : effect.withHolm(adjusted[at]);
                })
                .toList();
    }

    /** Main effects and interactions of logs, metrics and traces, where all combinations were measured. */
    private List<Factor> factors() {
        Map<Integer, Arm> combinations = new TreeMap<>();
        List<String> names = List.of(Arm.LOGS, Arm.METRICS, Arm.TRACES);
        for (Arm arm : data.setup().arms()) {
            if (!arm.deadExporter() && !arm.equals(Arm.NONE_AGAIN) && names.containsAll(arm.parts())) {
                int bits = 0;
                for (int factor = 0; factor < names.size(); factor++) {
                    bits |= arm.parts().contains(names.get(factor)) ? 1 << factor : 0;
                }
                combinations.put(bits, arm);
            }
        }
        List<Factor> factors = new ArrayList<>();
        if (combinations.size() < 8) {
            return factors;
        }
        for (Outcome outcome : Outcome.values()) {
            for (int term = 1; term < 8 && !outcome.pooled(); term++) {
                factor(outcome, term, combinations, names).ifPresent(factors::add);
            }
        }
        return factors;
    }

    private Optional<Factor> factor(Outcome outcome, int term, Map<Integer, Arm> combinations, List<String> names) {
        List<String> arms = combinations.values().stream().map(Arm::name).toList();
        List<List<Row>> launches = rowsWith(outcome.load(), arms);
        if (launches.isEmpty()) {
            return Optional.empty();
        }
        List<String> involved = new ArrayList<>();
        for (int factor = 0; factor < names.size(); factor++) {
            if ((term >> factor & 1) == 1) {
                involved.add(names.get(factor));
            }
        }
        return meanOf(launches, row -> contrast(outcome, row, term, combinations))
                .map(mean -> new Factor(
                        String.join(" x ", involved),
                        outcome.label(),
                        StrictMath.expm1(mean.interval().value()),
                        StrictMath.expm1(mean.interval().low()),
                        StrictMath.expm1(mean.interval().high())));
    }

    /** Yates's contrast of a two-level factorial, scaled so that a main effect is the mean difference on minus off. */
    private static double contrast(Outcome outcome, Row row, int term, Map<Integer, Arm> combinations) {
        double sum = 0;
        for (Map.Entry<Integer, Arm> combination : combinations.entrySet()) {
            int off = Integer.bitCount(term & ~combination.getKey());
            double value =
                    StrictMath.log(outcome.of(row.of(combination.getValue().name())));
            sum += off % 2 == 0 ? value : -value;
        }
        return outcome.cost(sum / 4);
    }

    /** What the microbenchmarks predict of an arm's cost per token, beside what was measured. */
    private List<Reconciliation> reconciliations(List<Effect> effects) {
        List<Reconciliation> found = new ArrayList<>();
        for (Arm arm : data.setup().arms()) {
            if (arm.parts().containsAll(List.of(Arm.METRICS, Arm.TRACES)) && !arm.deadExporter()) {
                reconcile(arm, Outcome.CPU_PER_TOKEN, effects).ifPresent(found::add);
                reconcile(arm, Outcome.BYTES_PER_TOKEN, effects).ifPresent(found::add);
            }
        }
        return found;
    }

    private Optional<Reconciliation> reconcile(Arm arm, Outcome outcome, List<Effect> effects) {
        Optional<Effect> measured = effects.stream()
                .filter(effect ->
                        effect.arm().equals(arm.name()) && effect.outcome().equals(outcome.label()))
                .findFirst();
        List<Block> blocks = launches(Outcome.Load.CLOSED).stream()
                .flatMap(List::stream)
                .filter(row -> row.has(arm.name()))
                .map(row -> row.of(arm.name()))
                .toList();
        double tokens = blocks.stream().mapToLong(Block::tokens).sum();
        return measured.map(effect -> {
            double steps = blocks.stream().mapToLong(Block::engineSteps).sum() / tokens;
            double requests = blocks.stream()
                            .mapToInt(block -> block.completed() + block.failed())
                            .sum()
                    / tokens;
            double predicted = outcome == Outcome.CPU_PER_TOKEN
                    ? data.setup().costs().nanosPerToken(steps, requests)
                    : data.setup().costs().bytesPerToken(steps, requests);
            double baseline = effect.baseline();
            return new Reconciliation(
                    arm.name(),
                    outcome.label(),
                    steps,
                    requests,
                    predicted,
                    effect.change() * baseline,
                    effect.low() * baseline,
                    effect.high() * baseline);
        });
    }

    private Health health() {
        List<Block> blocks = data.blocks();
        double[] times = baselines(Block::atSeconds);
        double[] rates = baselines(Block::tokensPerSecond);
        return new Health(
                blocks.size(),
                blocks.stream().mapToInt(Block::failed).sum(),
                blocks.stream().mapToInt(Block::completed).sum(),
                blocks.stream().mapToDouble(Block::clientBusy).max().orElse(0),
                blocks.stream().mapToDouble(Block::sendLagMs).max().orElse(0),
                blocks.stream().mapToDouble(Block::loopDelayMs).max().orElse(0),
                times.length < 3 ? null : finiteOrNull(Statistics.rankCorrelation(times, rates)),
                launches(Outcome.Load.CLOSED).size() < Bootstrap.LEAST_LAUNCHES);
    }

    private static @Nullable Double finiteOrNull(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }

    private double[] baselines(ToDoubleFunction<Block> value) {
        return data.blocks().stream()
                .filter(block -> block.load() == Outcome.Load.CLOSED
                        && block.tokens() > 0
                        && (block.arm().equals(Arm.NONE.name()) || block.arm().equals(Arm.NONE_AGAIN.name())))
                .mapToDouble(value)
                .toArray();
    }
}
