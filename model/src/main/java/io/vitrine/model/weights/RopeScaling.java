package io.vitrine.model.weights;

import java.util.List;

/** How rotary frequencies are stretched for contexts longer than the ones the model was first trained on. */
public sealed interface RopeScaling {

    /**
     * The frequency the model turns with, in radians a position.
     *
     * @param pair which pair of a head's dimensions, counted from 0
     * @param frequency what it would be without scaling: {@code theta^(-2 * pair / headDim)}
     */
    double scaledFrequency(int pair, double frequency);

    /** Frequencies as they are. */
    record None() implements RopeScaling {
        @Override
        public double scaledFrequency(int pair, double frequency) {
            return frequency;
        }
    }

    /** Position interpolation: every frequency divided by {@code factor}. */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            requirePositive("factor", factor);
        }

        @Override
        public double scaledFrequency(int pair, double frequency) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1's scaling: low frequencies divided by {@code factor}, high ones kept, a smooth ramp between
     * (as {@code transformers} computes {@code rope_type: llama3}).
     *
     * @param originalContextLength context length before the extension, in tokens
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContextLength)
            implements RopeScaling {
        public Llama3 {
            requirePositive("factor", factor);
            requirePositive("lowFrequencyFactor", lowFrequencyFactor);
            requirePositive("originalContextLength", originalContextLength);
            if (!(highFrequencyFactor > lowFrequencyFactor)) {
                throw new IllegalArgumentException("highFrequencyFactor must be > lowFrequencyFactor: "
                        + highFrequencyFactor + ", " + lowFrequencyFactor);
            }
        }

        @Override
        public double scaledFrequency(int pair, double frequency) {
            double turnsInOriginalContext = originalContextLength * frequency / (2 * Math.PI);
            double ramp = (turnsInOriginalContext - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            double kept = Math.min(1, Math.max(0, ramp));
            return kept * frequency + (1 - kept) * frequency / factor;
        }
    }

    /**
     * A divisor of its own for every frequency: what a GGUF file holds as the tensor {@code rope_freqs.weight}. Its converter
     * writes Llama 3.1's scaling that way, already worked out, and leaves the parameters of {@link Llama3} out.
     *
     * @param divisors one for each pair of a head's dimensions, {@code headDim / 2} of them
     */
    record PerFrequency(List<Float> divisors) implements RopeScaling {
        public PerFrequency {
            divisors = List.copyOf(divisors);
            divisors.forEach(divisor -> requirePositive("divisor", divisor));
        }

        @Override
        public double scaledFrequency(int pair, double frequency) {
            return frequency / divisors.get(pair);
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " of the rotary scaling must be > 0 and finite: " + value);
        }
    }
}
