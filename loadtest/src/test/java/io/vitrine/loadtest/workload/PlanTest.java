package io.vitrine.loadtest.workload;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class PlanTest {

    private static final int MANY = 20_000;

    @Test
    void givesTheSameBytesForTheSameSeed() {
        assertThat(openPlan(7).lines().toList()).isEqualTo(openPlan(7).lines().toList());
        assertThat(openPlan(7).lines().toList())
                .isNotEqualTo(openPlan(8).lines().toList());
    }

    /** Who compares runs of two versions relies on this line: a change needs a reason. */
    @Test
    void keepsItsPlanFromVersionToVersion() {
        assertThat(openPlan(7).lines().limit(1).toList())
                .containsExactly("{\"at_nanos\":47748213,\"conversation\":0,\"turn\":0,"
                        + "\"output_tokens\":45,\"cancel_after_tokens\":0,\"blocks\":["
                        + "{\"id\":\"ec5ea4cd868e27ce\",\"tokens\":64,\"shared\":true},"
                        + "{\"id\":\"d0597cba77e1c289\",\"tokens\":55,\"shared\":false}]}");
    }

    private static Plan openPlan(long seed) {
        long[] times = Arrivals.POISSON.schedule(RateProfile.constant(50, 4), seed, MANY);
        return new Plan(new Plan.Open(times, 4_000_000_000L, true), requests(seed, 2, 0.2, 1), 0);
    }

    private static SyntheticRequests requests(long seed, int groups, double cancelShare, int turns) {
        return new SyntheticRequests(
                seed,
                Lengths.parse("normal:128:20"),
                Lengths.parse("16-48"),
                groups,
                64,
                turns,
                cancelShare,
                List.of());
    }

    @Test
    void spacesConstantArrivalsEvenly() {
        long[] times = Arrivals.CONSTANT.schedule(RateProfile.constant(10, 100), 3, MANY);

        assertThat(times).hasSize(1000);
        assertThat(IntStream.range(0, 1000).mapToLong(index -> times[index] - 100_000_000L * index))
                .containsOnly(0L);
    }

    @Test
    void drawsPoissonArrivalsWithExponentialGaps() {
        for (int seed = 1; seed <= 5; seed++) {
            double[] gaps = gaps(Arrivals.POISSON.schedule(RateProfile.constant(1000, 100), seed, 1_000_000));

            assertThat(mean(gaps)).isCloseTo(1e-3, within(2e-5));
            assertThat(coefficientOfVariation(gaps)).isCloseTo(1, within(0.02));
            // Kolmogorov and Smirnov against the exponential distribution, 0.1 %.
            Arrays.sort(gaps);
            double distance = 0;
            for (int index = 0; index < gaps.length; index++) {
                double expected = 1 - Math.exp(-1000 * gaps[index]);
                distance = Math.max(distance, Math.abs(expected - (index + 0.5) / gaps.length));
            }
            assertThat(distance).isLessThan(1.95 / Math.sqrt(gaps.length));
        }
    }

    /** A generator that rescales its gaps to end on time gives exactly the expected number, always. */
    @Test
    void doesNotConditionPoissonArrivalsOnTheirNumber() {
        Set<Integer> counts = IntStream.range(0, 20)
                .mapToObj(seed -> Arrivals.POISSON.schedule(RateProfile.constant(10, 10), seed, MANY).length)
                .collect(Collectors.toSet());

        assertThat(counts).hasSizeGreaterThan(8);
    }

    @Test
    void drawsGammaArrivalsOfTheGivenBurstiness() {
        for (double shape : new double[] {0.25, 1, 4}) {
            Arrivals arrivals = new Arrivals(Arrivals.Gaps.GAMMA, shape);
            double[] gaps = gaps(arrivals.schedule(RateProfile.constant(1000, 100), 1, 1_000_000));

            assertThat(mean(gaps)).isCloseTo(1e-3, within(3e-5));
            assertThat(coefficientOfVariation(gaps)).isCloseTo(1 / Math.sqrt(shape), within(0.05));
        }
    }

    @Test
    void followsRampStepAndSpike() {
        assertThat(countsInFifths("ramp:0-20")).containsExactly(4, 12, 20, 28, 36);
        assertThat(countsInFifths("step:10,20,30,40,50")).containsExactly(20, 40, 60, 80, 100);
        assertThat(countsInFifths("spike:5,50")).containsExactly(10, 10, 100, 10, 10);
    }

    /** Of ten seconds; half a nanosecond on, as a time at a border is rounded to either side. */
    private static int[] countsInFifths(String profile) {
        int[] counts = new int[5];
        for (long time : Arrivals.CONSTANT.schedule(RateProfile.parse(profile, 10), 1, MANY)) {
            counts[(int) ((time + 1) / 2_000_000_000L)]++;
        }
        return counts;
    }

    @Test
    void sharesPrefixesWithinTheirGroupsOnly() {
        List<Prompt.Blocks> prompts = IntStream.range(0, 200)
                .mapToObj(index -> (Prompt.Blocks)
                        requests(1, 3, 0, 1).conversation(index).get(0).prompt())
                .toList();

        assertThat(prompts.stream().map(prompt -> prompt.blocks().get(0).text()).distinct())
                .hasSize(3);
        assertThat(prompts.stream().map(prompt -> prompt.blocks().get(1).text()).distinct())
                .hasSize(200);
        assertThat(prompts).allSatisfy(prompt -> {
            assertThat(prompt.sharedTokens()).isEqualTo(64);
            assertThat(prompt.text().split(" ", -1)).hasSize(prompt.tokens());
        });
    }

    @Test
    void makesConversationsOfTurns() {
        List<PlannedRequest> turns = requests(1, 2, 0, 3).conversation(5);

        assertThat(turns).extracting(PlannedRequest::turn).containsExactly(0, 1, 2);
        assertThat(turns).extracting(request -> request.prompt().sharedTokens()).containsExactly(64, 0, 0);
    }

    @Test
    void cancelsThePlannedShareInsideTheAnswer() {
        List<PlannedRequest> all = IntStream.range(0, 5000)
                .mapToObj(index -> requests(1, 0, 0.2, 1).conversation(index).get(0))
                .toList();

        assertThat(all.stream()
                        .filter(request -> request.cancelAfterTokens() > 0)
                        .count())
                .isBetween(900L, 1100L);
        assertThat(all).allSatisfy(request -> assertThat(request.cancelAfterTokens())
                .isLessThanOrEqualTo(request.outputTokens()));
    }

    @Test
    void drawsLengthsOfTheGivenMeanAndDeviation() {
        for (String text : List.of("normal:200:20", "lognormal:200:150", "100-300")) {
            Lengths lengths = Lengths.parse(text);
            double mean = IntStream.range(0, MANY)
                    .map(index -> lengths.draw(Streams.of(1, Streams.Purpose.REQUEST, index)))
                    .average()
                    .orElseThrow();
            assertThat(mean).isCloseTo(200, within(4.0));
        }
    }

    @Test
    void refusesWhatIsNoLengthOrProfile() {
        for (String text : List.of("0", "-5", "300-100", "normal:5", "poisson:3:4", "", "1e9")) {
            assertThatThrownBy(() -> Lengths.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String text : List.of("ramp:5", "step:1", "spike:1,2,3", "ramp:0-0", "saw:1-2", "ramp:a-b")) {
            assertThatThrownBy(() -> RateProfile.parse(text, 10)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void dealsItsPartsOutWithoutLossOrRepetition() {
        Plan whole = openPlan(3);
        List<String> texts = texts(whole);

        List<String> parts = IntStream.range(0, 3)
                .boxed()
                .flatMap(part -> texts(whole.part(part, 3)).stream())
                .toList();

        assertThat(parts).containsExactlyInAnyOrderElementsOf(texts);
        Plan closed = new Plan(new Plan.Closed(8, 100, OptionalLong.empty()), whole.source(), 0);
        assertThat(IntStream.range(0, 3)
                        .map(part -> closed.part(part, 3).pacing().size())
                        .sum())
                .isEqualTo(100);
    }

    private static List<String> texts(Plan plan) {
        long[] times = ((Plan.Open) plan.pacing()).intendedNanos();
        return IntStream.range(0, times.length)
                .mapToObj(index -> times[index] + " "
                        + plan.source().conversation(index).get(0).prompt().text())
                .toList();
    }

    @Test
    void replaysASavedPlan(@TempDir Path folder) throws Exception {
        Plan plan = openPlan(5);
        Path file = folder.resolve("plan.jsonl");
        Files.write(file, plan.lines().toList());

        Plan replayed = Trace.read(file, 99, 1).plan(MANY, 1e9);

        long first = ((Plan.Open) plan.pacing()).intendedNanos()[0];
        long[] times = ((Plan.Open) replayed.pacing()).intendedNanos();
        assertThat(times)
                .isEqualTo(Arrays.stream(((Plan.Open) plan.pacing()).intendedNanos())
                        .map(at -> at - first)
                        .toArray());
        assertThat(replayed.source().conversation(3).get(0).prompt().text())
                .isEqualTo(plan.source().conversation(3).get(0).prompt().text());
    }

    @Test
    void replaysTheLedgersExport(@TempDir Path folder) throws Exception {
        Plan plan = plan(
                folder,
                "ledger.csv",
                "entry_id,request_id,at_millis,tenant_id,model_name,outcome,input_tokens,cached_tokens,output_tokens",
                "e2,r2,1500,acme,m,completed,100,40,7",
                "e1,r1,1000,acme,m,completed,50,40,5",
                "e3,r3,1700,zoo,m,cancelled,80,0,3",
                "e4,r4,1800,zoo,m,refused,0,0,0");

        assertThat(((Plan.Open) plan.pacing()).intendedNanos()).containsExactly(0, 500_000_000, 700_000_000);
        assertThat(prompt(plan, 0).tokens()).isEqualTo(50);
        assertThat(prompt(plan, 1).sharedTokens()).isEqualTo(40);
        assertThat(prompt(plan, 1).text().substring(0, 100))
                .isEqualTo(prompt(plan, 0).text().substring(0, 100));
        assertThat(plan.source().conversation(1).get(0).outputTokens()).isEqualTo(7);
    }

    @Test
    void replaysPublicTraces(@TempDir Path folder) throws Exception {
        Plan azure = plan(
                folder,
                "azure.csv",
                "TIMESTAMP,ContextTokens,GeneratedTokens",
                "2023-11-16 18:15:46.6805900,374,44",
                "2023-11-16 18:15:50.9951690,396,109");
        Plan mooncake = plan(
                folder,
                "mooncake.jsonl",
                "{\"timestamp\": 0, \"input_length\": 1200, \"output_length\": 52, \"hash_ids\": [46, 47, 48]}",
                "{\"timestamp\": 3052, \"input_length\": 1300, \"output_length\": 26, \"hash_ids\": [46, 47, 99]}");

        assertThat(((Plan.Open) azure.pacing()).intendedNanos()).containsExactly(0, 4_314_579_000L);
        assertThat(((Plan.Open) mooncake.pacing()).intendedNanos()).containsExactly(0, 3_052_000_000L);
        List<String> one = List.of(prompt(mooncake, 0).text().split(" ", -1));
        List<String> other = List.of(prompt(mooncake, 1).text().split(" ", -1));
        assertThat(one.subList(0, 1024)).isEqualTo(other.subList(0, 1024));
        assertThat(one.subList(1024, 1100)).isNotEqualTo(other.subList(1024, 1100));
        assertThat(one).hasSize(1200);
    }

    @Test
    void namesTheRequestOfATraceThatIsWrong(@TempDir Path folder) {
        assertThatThrownBy(() -> plan(folder, "a.csv", "at_seconds,input_tokens", "0,5"))
                .hasMessageContaining("request 1")
                .hasMessageContaining("output_tokens");
        assertThatThrownBy(() -> plan(folder, "b.jsonl", "{\"input_tokens\": 5, \"output_tokens\": 5}"))
                .hasMessageContaining("timestamp");
        assertThatThrownBy(() -> plan(folder, "c.jsonl", "")).hasMessageContaining("no request");
    }

    private static Plan plan(Path folder, String name, String... lines) throws Exception {
        Path file = folder.resolve(name);
        Files.write(file, List.of(lines));
        return Trace.read(file, 1, 1).plan(MANY, 1e9);
    }

    private static Prompt prompt(Plan plan, int index) {
        return plan.source().conversation(index).get(0).prompt();
    }

    private static double[] gaps(long[] times) {
        return IntStream.range(1, times.length)
                .mapToDouble(index -> (times[index] - times[index - 1]) / 1e9)
                .toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double coefficientOfVariation(double[] values) {
        double mean = mean(values);
        double variance = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        return Math.sqrt(variance) / mean;
    }
}
