package io.vitrine.loadtest.overhead;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

import io.vitrine.loadtest.overhead.Bootstrap.Interval;
import io.vitrine.loadtest.overhead.Certificate.Effect;
import io.vitrine.loadtest.overhead.Certificate.Factor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AnalysisTest {

    private static final List<Arm> ARMS = List.of(Arm.NONE, Arm.NONE_AGAIN, Arm.ALL);

    private static Certificate certificate(double cost, double noise, long seed) {
        ToDoubleFunction<Arm> costs = arm -> arm.baseline() ? 0 : cost;
        return Analysis.of(new SyntheticBlocks(6, 3, ARMS, costs, noise).data(seed));
    }

    @ParameterizedTest
    @CsvSource({"0, WITHIN", "0.005, WITHIN", "0.02, EXCEEDS"})
    void aKnownEffectGetsItsVerdict(double cost, Verdict verdict) {
        Certificate certificate = certificate(cost, 0.003, 1);

        for (Outcome outcome : Outcome.values()) {
            if (outcome.judged()) {
                Effect effect = certificate.effect("all", outcome).orElseThrow();
                assertThat(effect.verdict()).as(outcome.label()).isEqualTo(verdict);
                assertThat(effect.change()).as(outcome.label()).isCloseTo(cost, within(0.004));
            }
        }
    }

    @Test
    void noiseMakesAVerdictInconclusive() {
        Effect effect = certificate(0.005, 0.05, 2)
                .effect("all", Outcome.TOKENS_PER_SECOND)
                .orElseThrow();

        assertThat(effect.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(effect.detectable()).isGreaterThan(0.01);
    }

    @ParameterizedTest
    @EnumSource(Outcome.class)
    void withoutNoiseTheEffectIsExact(Outcome outcome) {
        Certificate certificate = certificate(0.02, 0, 3);
        double expected = outcome == Outcome.GC_SHARE ? 0 : 0.02;

        Effect effect = certificate.effect("all", outcome).orElseThrow();
        Effect floor = certificate.effect("none_again", outcome).orElseThrow();

        assertThat(effect.change()).isCloseTo(expected, within(outcome.pooled() ? 2e-3 : 1e-6));
        assertThat(floor.change()).isCloseTo(0, within(1e-9));
        assertThat(effect.rows()).isEqualTo(18);
        assertThat(effect.units()).isEqualTo(6);
    }

    @Test
    void factorialFindsMainEffectsAndInteraction() {
        ToDoubleFunction<Arm> costs = arm -> (arm.parts().contains("logs") ? 0.01 : 0)
                + (arm.parts().contains("traces") ? 0.03 : 0)
                + (arm.parts().containsAll(List.of("logs", "traces")) ? 0.02 : 0);
        Certificate certificate = Analysis.of(new SyntheticBlocks(5, 2, Arm.full(), costs, 0).data(1));

        assertThat(factor(certificate, "metrics")).isCloseTo(0, within(1e-9));
        assertThat(factor(certificate, "logs")).isCloseTo(0.02, within(0.001));
        assertThat(factor(certificate, "traces")).isCloseTo(0.04, within(0.001));
        assertThat(factor(certificate, "logs x traces")).isCloseTo(0.01, within(0.001));
        assertThat(factor(certificate, "logs x metrics x traces")).isCloseTo(0, within(1e-9));
    }

    private static double factor(Certificate certificate, String term) {
        return certificate.factors().stream()
                .filter(factor -> factor.term().equals(term) && factor.outcome().equals("cpu_per_token"))
                .mapToDouble(Factor::change)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anInterruptedExperimentIsAnalysedAsFarAsItCame() {
        RawData whole = new SyntheticBlocks(4, 2, ARMS, arm -> 0.0, 0.001).data(5);
        RawData part = new RawData(
                whole.setup(), whole.blocks().subList(0, whole.blocks().size() - 4));

        Effect effect =
                Analysis.of(part).effect("all", Outcome.TOKENS_PER_SECOND).orElseThrow();

        assertThat(effect.rows()).isEqualTo(7);
        assertThat(Analysis.of(new RawData(whole.setup(), List.of())).effects()).isEmpty();
    }

    @Test
    void aSingleRowHasNoInterval() {
        Certificate certificate = Analysis.of(new SyntheticBlocks(1, 1, ARMS, arm -> 0.0, 0.001).data(6));

        Effect effect = certificate.effect("all", Outcome.TPOT_P50).orElseThrow();
        assertThat(effect.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(CertificateText.write(certificate)).contains("[– .. –]", "inconclusive at 1 %");
        assertThat(CertificateJson.write(certificate))
                .contains("\"high\" : null")
                .doesNotContain("Infinity", "NaN");
    }

    @Test
    void predictionIsComparedWithWhatWasMeasured() {
        Certificate certificate = certificate(0, 0.002, 7);

        assertThat(certificate.reconciliations()).hasSize(2).first().satisfies(one -> {
            assertThat(one.stepsPerToken()).isCloseTo(0.25, within(1e-9));
            assertThat(one.requestsPerToken()).isCloseTo(0.06, within(1e-9));
            assertThat(one.predicted()).isCloseTo(75 + 0.25 * 164 + 0.06 * 8_700, within(1e-6));
            assertThat(one.agrees()).isTrue();
        });
    }

    @Test
    void intervalsCoverTheTruthAsOftenAsTheySay() {
        Random random = new Random(11);
        int covered = 0;
        int runs = 400;
        for (int run = 0; run < runs; run++) {
            List<List<Double>> launches = new ArrayList<>();
            for (int launch = 0; launch < 5; launch++) {
                double own = 0.5 * random.nextGaussian();
                List<Double> rows = new ArrayList<>();
                for (int row = 0; row < 4; row++) {
                    rows.add(own + random.nextGaussian());
                }
                launches.add(rows);
            }
            Interval interval = new Bootstrap<>(launches, 400, run)
                    .of(rows ->
                            rows.stream().mapToDouble(value -> value).average().orElseThrow());
            covered += interval.low() <= 0 && interval.high() >= 0 ? 1 : 0;
        }

        assertThat(covered / (double) runs).isBetween(0.87, 0.99);
    }

    @Test
    void tailsAreThoseOfStudentsT() {
        assertThat(Statistics.tail(2.015048373, 5)).isCloseTo(0.05, within(1e-9));
        assertThat(Statistics.tail(-1, 1)).isCloseTo(0.75, within(1e-9));
        assertThat(Statistics.quantileOfT(0.05, 3)).isCloseTo(2.353363435, within(1e-6));
        assertThat(Statistics.quantileOfNormal(0.025)).isCloseTo(1.959964, within(1e-4));
    }

    @Test
    void holmStepsDown() {
        assertThat(Statistics.holm(new double[] {0.01, 0.04, 0.03})).containsExactly(0.03, 0.06, 0.06);
        assertThat(Statistics.rankCorrelation(new double[] {1, 2, 3, 4}, new double[] {9, 7, 5, 1}))
                .isCloseTo(-1, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "-0.009, 0.009, WITHIN",
        "-0.002, 0.011, INCONCLUSIVE",
        "0.002, 0.009, WITHIN",
        "0.011, 0.03, EXCEEDS",
        "-0.03, -0.011, EXCEEDS",
        "0.01, 0.03, INCONCLUSIVE"
    })
    void verdictIsWhereTheIntervalLies(double low, double high, Verdict verdict) {
        assertThat(Verdict.of(low, high, 0.01)).isEqualTo(verdict);
    }
}
