package io.vitrine.server;

import io.vitrine.model.torch.Precision;
import io.vitrine.model.weights.Architecture;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.RopeScaling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

class WeightBytesTest {

    /** SmolLM2-135M, whose embedding is its head: its name says how many parameters it has. */
    @Test
    void areTheModelsParametersTimesTheirSize() {
        assertThat((double) WeightBytes.ofAStep(smolLm2(), Precision.BF16))
                .isCloseTo(2 * 134.5e6, withinPercentage(0.1));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 4", "BF16, 2", "INT8, 1"})
    void dependOnThePrecision(Precision precision, long bytes) {
        assertThat(WeightBytes.ofAStep(smolLm2(), precision))
                .isEqualTo(bytes * WeightBytes.ofAStep(smolLm2(), Precision.INT8));
    }

    private static ModelConfig smolLm2() {
        return new ModelConfig(
                Architecture.LLAMA, 30, 576, 1536, 9, 3, 64, 49_152, 2_048, 1e-5, 1e5, new RopeScaling.None(), true);
    }
}
