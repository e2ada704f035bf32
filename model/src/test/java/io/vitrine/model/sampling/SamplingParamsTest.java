package io.vitrine.model.sampling;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SamplingParamsTest {

    @Test
    void refusesAValueJustPastItsLimit() {
        assertRefused(-0.1, 0, 1, 0, 1, "temperature must be >= 0: -0.1");
        assertRefused(Double.NaN, 0, 1, 0, 1, "temperature must be >= 0: NaN");
        assertRefused(Double.POSITIVE_INFINITY, 0, 1, 0, 1, "temperature must be >= 0: Infinity");
        assertRefused(1, -1, 1, 0, 1, "topK must be >= 0: -1");
        assertRefused(1, 0, 0, 0, 1, "topP must be in (0, 1]: 0.0");
        assertRefused(1, 0, 1.01, 0, 1, "topP must be in (0, 1]: 1.01");
        assertRefused(1, 0, 1, -0.1, 1, "minP must be in [0, 1]: -0.1");
        assertRefused(1, 0, 1, 1.1, 1, "minP must be in [0, 1]: 1.1");
        assertRefused(1, 0, 1, 0, 0, "repetitionPenalty must be > 0: 0.0");
    }

    private static void assertRefused(
            double temperature, int topK, double topP, double minP, double repetitionPenalty, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new SamplingParams(temperature, topK, topP, minP, repetitionPenalty, 0, 0, Map.of(), 0))
                .withMessage(message);
    }

    @Test
    void refusesPenaltiesThatAreNotFinite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplingParams(1, 0, 1, 0, 1, Double.NaN, 0, Map.of(), 0))
                .withMessage("presencePenalty must be finite: NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplingParams(1, 0, 1, 0, 1, 0, Double.NEGATIVE_INFINITY, Map.of(), 0))
                .withMessage("frequencyPenalty must be finite: -Infinity");
    }

    @Test
    void refusesABiasThatIsInfiniteOrNoNumberButTakesABan() {
        for (double bias : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> biased(Map.of(3, bias)))
                    .withMessage("logitBias must be below infinity: " + bias);
        }
        assertThat(biased(Map.of(3, Double.NEGATIVE_INFINITY)).logitBias()).hasSize(1);
    }

    @Test
    void copiesTheBias() {
        Map<Integer, Double> bias = new HashMap<>(Map.of(1, 2.0));
        SamplingParams params = biased(bias);
        bias.put(2, 3.0);
        assertThat(params.logitBias()).containsExactly(Map.entry(1, 2.0));
    }

    private static SamplingParams biased(Map<Integer, Double> bias) {
        return new SamplingParams(1, 0, 1, 0, 1, 0, 0, bias, 0);
    }
}
