package io.vitrine.model.torch;

import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.RopeScaling;

/** The rotary embedding's angles: position times frequency, as cosine and sine. */
final class RotaryTable {

    private RotaryTable() {}

    /** {@code [positions, headDim / 2, 2]}, row major: cosine and sine for each position and pair. */
    static float[] angles(ModelConfig config, int positions) {
        double[] frequencies = frequencies(config);
        float[] angles = new float[positions * frequencies.length * 2];
        int next = 0;
        for (int position = 0; position < positions; position++) {
            for (double frequency : frequencies) {
                angles[next++] = (float) Math.cos(position * frequency);
                angles[next++] = (float) Math.sin(position * frequency);
            }
        }
        return angles;
    }

    /** Radians a position, of each pair. */
    static double[] frequencies(ModelConfig config) {
        double[] frequencies = new double[config.headDim() / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            double plain = Math.pow(config.ropeTheta(), -2.0 * pair / config.headDim());
            frequencies[pair] = scale(config.ropeScaling(), plain);
        }
        return frequencies;
    }

    private static double scale(RopeScaling scaling, double frequency) {
        if (scaling instanceof RopeScaling.Linear linear) {
            return frequency / linear.factor();
        }
        if (scaling instanceof RopeScaling.Llama3 llama3) {
            return scale(llama3, frequency);
        }
        return frequency;
    }

    private static double scale(RopeScaling.Llama3 scaling, double frequency) {
        double turns = scaling.originalContextLength() * frequency / (2 * Math.PI);
        if (turns <= scaling.lowFrequencyFactor()) {
            return frequency / scaling.factor();
        }
        if (turns >= scaling.highFrequencyFactor()) {
            return frequency;
        }
        double kept =
                (turns - scaling.lowFrequencyFactor()) / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
        return (1 - kept) * frequency / scaling.factor() + kept * frequency;
    }
}
