package io.vitrine.model.sampling;

import java.util.SplittableRandom;

/** Rows of logits for randomised tests: smooth, full of ties, peaked, with banned tokens. */
final class RandomRows {

    private RandomRows() {}

    static float[] next(SplittableRandom random) {
        float[] row = new float[1 + random.nextInt(200)];
        int shape = random.nextInt(4);
        for (int id = 0; id < row.length; id++) {
            double value = random.nextDouble() * 20 - 10;
            row[id] = switch (shape) {
                case 0 -> (float) value;
                case 1 -> Math.round(value / 4);
                case 2 -> (float) (value * value * value);
                default -> random.nextInt(3) == 0 ? Float.NEGATIVE_INFINITY : (float) value;
            };
        }
        row[random.nextInt(row.length)] = 0f;
        row[random.nextInt(row.length)] = random.nextBoolean() ? -0f : 1f;
        return row;
    }
}
