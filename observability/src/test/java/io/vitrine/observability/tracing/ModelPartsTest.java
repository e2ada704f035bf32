package io.vitrine.observability.tracing;

import io.vitrine.model.engine.StepResult.StepTimings;
import io.vitrine.observability.tracing.ModelParts.Split;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ModelPartsTest {

    private final ModelParts parts = new ModelParts();

    @Test
    void whatIsTimedIsToldAsItIs() {
        parts.add(100, new StepTimings(10, 20, 30, 25, 0));

        assertThat(parts.scaledTo(100)).isEqualTo(new Split(10, 30, 30, 25, 15, true));
    }

    @Test
    void whatIsNotTimedGoesTheSameWay() {
        parts.add(100, new StepTimings(10, 20, 30, 25, 0));
        parts.add(300, new StepTimings(30, 60, 90, 75, 0));

        assertThat(parts.scaledTo(4_000)).isEqualTo(new Split(400, 1_200, 1_200, 1_000, 600, true));
        assertThat(parts.steps()).isEqualTo(2);
    }

    @Test
    void withoutATimedStepNothingIsClaimed() {
        assertThat(parts.scaledTo(50)).isEqualTo(new Split(0, 0, 0, 0, 50, false));
    }

    @Test
    void theInnerClockCannotTakeMoreThanTheOuterOneHas() {
        parts.add(100, new StepTimings(50, 50, 50, 50, 0));

        assertThat(parts.scaledTo(100))
                .as("the head was computed, in no time that is left")
                .isEqualTo(new Split(50, 100, 0, 0, 0, true));
    }

    @Test
    void aChunkOfAPromptHasNoHead() {
        parts.add(100, new StepTimings(10, 20, 30, 0, 0));

        assertThat(parts.scaledTo(100)).isEqualTo(new Split(10, 30, 30, 0, 40, false));
    }
}
