package io.vitrine.model.engine;

import java.util.List;

import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The runner is the oracle of the engine's tests, so it must notice what it promises to notice. */
class ScriptedRunnerTest {

    private final ScriptedRunner runner = new ScriptedRunner(10, 8, 2, 4, ScriptedRunner.counting());

    @Test
    void countsOnFromWhatThePagesHold() {
        run(span(0, pages(2, 0), 1, 2, 3));
        float[] row = row(run(span(3, pages(2, 0), 7)));
        assertThat(row[8]).isEqualTo(ScriptedRunner.WANTED);
        assertThat(row[7]).isZero();
        runner.requireNoViolation();
    }

    @Test
    void givesALogitRowForEachPositionAskedFor() {
        var all = Span.prefill(new int[] {1, 2, 3}, 0, pages(0, 1), Logits.ALL);
        var none = Span.prefill(new int[] {4}, 0, pages(2), Logits.NONE);
        assertThat(run(all, none).logits().remaining()).isEqualTo(30);
    }

    @Test
    void noticesPagesOfAnotherSequence() {
        run(span(0, pages(0, 1), 1, 2, 3), span(0, pages(2, 3), 4, 5, 6));
        assertViolation("page 3 does not hold position 2 of the sequence", span(3, pages(0, 3), 7));
    }

    @Test
    void noticesPagesOutOfOrder() {
        run(span(0, pages(0, 1), 1, 2, 3));
        assertViolation("page 1 does not hold position 0 of the sequence", span(3, pages(1, 0), 7));
    }

    @Test
    void noticesAPositionLeftOut() {
        run(span(0, pages(0, 1), 1, 2));
        assertViolation("page 1 does not hold position 2 of the sequence", span(3, pages(0, 1), 7));
    }

    @Test
    void noticesAPageWrittenTwiceInAStep() {
        assertViolation("page 1 is written by two spans of a step", span(0, pages(1), 1), span(0, pages(1), 2));
    }

    @Test
    void noticesAPageReadAndWrittenInAStep() {
        run(span(0, pages(0, 1), 1, 2, 3));
        assertViolation("page 0 is read and written in a step", span(3, pages(0, 1), 4), span(0, pages(0), 2));
    }

    @Test
    void letsSequencesShareAPageTheyOnlyRead() {
        run(span(0, pages(0), 1, 2));
        run(span(2, pages(0, 1), 3), span(2, pages(0, 2), 4));
        runner.requireNoViolation();
    }

    @Test
    void noticesMorePositionsThanPagesOrContextHave() {
        assertViolation("3 positions in 1 pages", span(0, pages(0), 1, 2, 3));
        assertViolation("position 9 is beyond the context of 8", span(8, pages(0, 1, 2, 3), 1));
    }

    private void assertViolation(String message, Span... spans) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> run(spans))
                .withMessage(message);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(runner::requireNoViolation)
                .withMessageContaining(message);
    }

    private StepResult run(Span... spans) {
        return runner.run(new StepPlan(List.of(spans)), false);
    }

    private static float[] row(StepResult result) {
        float[] row = new float[10];
        result.logits().get(row);
        return row;
    }

    private static Span span(int position, int[] pages, int... tokens) {
        return Span.prefill(tokens, position, pages, Logits.LAST);
    }

    private static int[] pages(int... pages) {
        return pages;
    }
}
