package io.vitrine.model.kv;

import java.util.OptionalInt;
import java.util.OptionalLong;

import io.vitrine.model.kv.KvPlan.Needs;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KvPlanTest {

    /** A model of 2048 positions, pages of 64 positions and 1000 bytes, on a machine of 4 MB: a budget of 1000 pages. */
    private static final Needs NEEDS = new Needs(2048, 64, 1000, 4_000_000);

    private static KvPlan plan(OptionalInt slots, OptionalInt context, OptionalLong bytes) {
        return KvPlan.of(NEEDS, slots, context, bytes);
    }

    @Test
    void letsEverySlotBeFullAtOnceWhereMemoryAllows() {
        assertThat(plan(OptionalInt.empty(), OptionalInt.empty(), OptionalLong.empty()))
                .isEqualTo(new KvPlan(2048, 16, 16 * 32, 512_000, 32, 32_000));
    }

    @Test
    void takesFewerSlotsWhereMemoryHoldsFewSequencesOfAUsualLength() {
        assertThat(plan(OptionalInt.empty(), OptionalInt.empty(), OptionalLong.of(50_000))
                        .slots())
                .as("50 pages, 16 for 1024 positions")
                .isEqualTo(3);
        assertThat(plan(OptionalInt.empty(), OptionalInt.of(128), OptionalLong.of(7_000))
                        .slots())
                .as("7 pages, 2 for the longest sequence")
                .isEqualTo(3);
        assertThat(plan(OptionalInt.empty(), OptionalInt.empty(), OptionalLong.of(3_000))
                        .slots())
                .isEqualTo(1);
    }

    @Test
    void sharesTheBudgetWhereFullSlotsWouldExceedIt() {
        assertThat(plan(OptionalInt.of(64), OptionalInt.empty(), OptionalLong.empty()))
                .isEqualTo(new KvPlan(2048, 64, 968, 968_000, 32, 32_000));
    }

    /** As an 8B model's of 131 072 positions: a whole context's copy would be as large as a sequence. */
    @Test
    void boundsThePromptsCopyByAShareOfTheBudget() {
        var needs = new Needs(131_072, 64, 8_388_608, 0);
        KvPlan plan = KvPlan.of(needs, OptionalInt.of(2), OptionalInt.empty(), OptionalLong.of(20L << 30));
        assertThat(plan.contextLength()).isEqualTo(131_072);
        assertThat(plan.gatheredBytes()).isEqualTo(20L << 27);
        assertThat(plan.bytes() + plan.gatheredBytes()).isLessThanOrEqualTo(20L << 30);
        assertThat(KvPlan.of(needs, OptionalInt.of(2), OptionalInt.empty(), OptionalLong.of(16L << 30))
                        .gatheredPages())
                .as("a longest sequence comes first")
                .isZero();
    }

    @Test
    void roundsAContextUpToWholePages() {
        assertThat(plan(OptionalInt.of(2), OptionalInt.of(65), OptionalLong.empty()))
                .isEqualTo(new KvPlan(65, 2, 4, 4_000, 2, 2_000));
    }

    @Test
    void shrinksAContextNobodyAskedForToTheBudget() {
        assertThat(plan(OptionalInt.of(4), OptionalInt.empty(), OptionalLong.of(3_999)))
                .isEqualTo(new KvPlan(192, 4, 3, 3_000, 0, 0));
    }

    @Test
    void refusesAnAskedContextThatDoesNotFitWithBothNumbers() {
        assertThatThrownBy(() -> plan(OptionalInt.of(4), OptionalInt.of(1024), OptionalLong.of(3_999)))
                .hasMessage("one sequence of 1024 tokens needs 16000 bytes of KV memory and there are 3999;"
                        + " raise engine.kv-memory or lower engine.context-length");
    }

    @Test
    void refusesABudgetBelowOnePage() {
        assertThatThrownBy(() -> plan(OptionalInt.empty(), OptionalInt.empty(), OptionalLong.of(999)))
                .hasMessageStartingWith("one sequence of 1 tokens needs 1000 bytes of KV memory and there are 999;");
    }

    @Test
    void refusesAContextLongerThanTheModels() {
        assertThatThrownBy(() -> plan(OptionalInt.empty(), OptionalInt.of(2049), OptionalLong.empty()))
                .hasMessage("engine.context-length must be <= the model's 2048: 2049");
    }
}
