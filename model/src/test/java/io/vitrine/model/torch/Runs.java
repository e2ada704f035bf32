package io.vitrine.model.torch;

import java.util.Arrays;
import java.util.List;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.engine.StepResult;

/** Steps of a runner, and their logits as an array. */
final class Runs {

    private Runs() {}

    static float[] run(TorchRunner runner, Span... spans) {
        return floats(runner.run(new StepPlan(List.of(spans)), false));
    }

    static float[] floats(StepResult result) {
        float[] floats = new float[result.logits().remaining()];
        result.logits().get(floats);
        return floats;
    }

    static int[] slice(int[] tokens, int from, int to) {
        return Arrays.copyOfRange(tokens, from, Math.min(to, tokens.length));
    }
}
