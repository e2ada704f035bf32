package io.vitrine.model.torch;

import io.vitrine.model.weights.Architecture;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.RopeScaling;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RotaryTableTest {

    @Test
    void turnsTheFirstPairByOneRadianAPositionAndTheOthersSlower() {
        double[] frequencies = RotaryTable.frequencies(config(new RopeScaling.None()));
        assertThat(frequencies).containsExactly(new double[] {1, 0.1, 0.01, 0.001}, within(1e-12));
    }

    @Test
    void writesCosineAndSineOfEveryPositionAndPair() {
        float[] angles = RotaryTable.angles(config(new RopeScaling.None()), 3);
        assertThat(angles).hasSize(3 * 4 * 2);
        assertThat(angles[0]).isEqualTo(1f);
        assertThat(angles[1]).isEqualTo(0f);
        int position2pair1 = (2 * 4 + 1) * 2;
        assertThat(angles[position2pair1]).isEqualTo((float) Math.cos(0.2));
        assertThat(angles[position2pair1 + 1]).isEqualTo((float) Math.sin(0.2));
    }

    @Test
    void dividesEveryFrequencyForLinearScaling() {
        double[] frequencies = RotaryTable.frequencies(config(new RopeScaling.Linear(4)));
        assertThat(frequencies).containsExactly(new double[] {0.25, 0.025, 0.0025, 0.00025}, within(1e-12));
    }

    @Test
    void keepsHighFrequenciesDividesLowOnesAndRampsBetweenForLlama3() {
        // Turns within 120 positions: 19.1, 1.91, 0.191, 0.0191; the ramp goes from 1 to 4.
        double[] frequencies = RotaryTable.frequencies(config(new RopeScaling.Llama3(8, 1, 4, 120)));
        double kept = (120 * 0.1 / (2 * Math.PI) - 1) / 3;
        double ramp = (1 - kept) * 0.1 / 8 + kept * 0.1;
        assertThat(frequencies).containsExactly(new double[] {1, ramp, 0.01 / 8, 0.001 / 8}, within(1e-12));
    }

    private static ModelConfig config(RopeScaling scaling) {
        return new ModelConfig(Architecture.LLAMA, 1, 16, 16, 2, 2, 8, 10, 100, 1e-5, 10_000, scaling, true);
    }
}
