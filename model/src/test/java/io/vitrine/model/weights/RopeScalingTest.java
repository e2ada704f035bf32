package io.vitrine.model.weights;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RopeScalingTest {

    @Test
    void givesThePlainFrequenciesWithoutScaling() {
        assertThat(config(4, new RopeScaling.None()).rotaryFrequencies()).containsExactly(1, 0.01);
    }

    @Test
    void dividesEveryFrequencyWhenLinear() {
        assertThat(config(4, new RopeScaling.Linear(4)).rotaryFrequencies()).containsExactly(0.25, 0.0025);
    }

    @Test
    void keepsHighAndDividesLowFrequenciesAsLlama3Does() {
        RopeScaling scaling = new RopeScaling.Llama3(8, 1, 4, 8192);
        double fast = 2 * Math.PI / 2000; // turns 4.1 times in the original context
        double slow = 2 * Math.PI / 8200; // turns 0.999 times
        double between = 2 * Math.PI / 4096; // turns twice: a third of the way from 1 to 4
        assertThat(scaling.scaledFrequency(0, fast)).isEqualTo(fast);
        assertThat(scaling.scaledFrequency(0, slow)).isEqualTo(slow / 8);
        assertThat(scaling.scaledFrequency(0, between)).isCloseTo(between / 3 + between * 2 / 3 / 8, within(1e-15));
    }

    @Test
    void dividesEachFrequencyByItsOwnFactor() {
        assertThat(config(4, new RopeScaling.PerFrequency(List.of(1f, 8f))).rotaryFrequencies())
                .containsExactly(1, 0.00125);
    }

    @Test
    void refusesANumberOfDivisorsThatDoesNotFitTheHead() {
        assertThatThrownBy(() -> config(4, new RopeScaling.PerFrequency(List.of(1f, 8f, 8f))))
                .hasMessage("rotary scaling must have a divisor for each of 2 frequencies, has 3");
    }

    @Test
    void refusesFactorsThatCannotDivide() {
        assertThatThrownBy(() -> new RopeScaling.Linear(0))
                .hasMessageContaining("factor")
                .hasMessageContaining("0.0");
        assertThatThrownBy(() -> new RopeScaling.PerFrequency(List.of(1f, Float.NaN)))
                .hasMessageContaining("divisor")
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> new RopeScaling.Llama3(8, 4, 4, 8192))
                .hasMessageContaining("highFrequencyFactor")
                .hasMessageContaining("4.0");
    }

    private static ModelConfig config(int headDim, RopeScaling scaling) {
        return new ModelConfig(Architecture.LLAMA, 1, 8, 8, 2, 1, headDim, 5, 16, 1e-5, 10_000, scaling, true);
    }
}
