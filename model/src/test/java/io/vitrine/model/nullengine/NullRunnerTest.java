package io.vitrine.model.nullengine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.engine.StepResult;
import io.vitrine.model.text.ChatMessage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class NullRunnerTest {

    private static final int[] PAGES = {0, 1};

    /** A clock that goes on by a millisecond whenever it is read, so that no test waits for real time. */
    private final AtomicLong nanos = new AtomicLong();

    private final NullRunner runner = new NullRunner(5_000_000, 256, 4, () -> nanos.addAndGet(1_000_000));

    @Test
    void wantsTheTextByPosition() {
        StepResult result = runner.run(
                new StepPlan(List.of(
                        Span.prefill(new int[] {1, 2, 3}, 0, PAGES, Logits.LAST),
                        Span.prefill(new int[] {1, 2}, 7, PAGES, Logits.NONE),
                        Span.decode(new int[] {4}, 70, PAGES))),
                false);

        assertThat(result.logits().remaining()).isEqualTo(2 * ByteTokenizer.SIZE);
        assertThat(wanted(result, 0)).isEqualTo(textAt(2));
        assertThat(wanted(result, 1)).isEqualTo(textAt(70));
        assertThat(result.timings()).isEmpty();
    }

    @Test
    void forgetsTheRowsOfEarlierSteps() {
        StepPlan wide = new StepPlan(List.of(
                Span.decode(new int[] {1}, 3, PAGES),
                Span.decode(new int[] {1}, 4, PAGES),
                Span.decode(new int[] {1}, 5, PAGES)));
        runner.run(wide, false);
        StepResult result = runner.run(new StepPlan(List.of(Span.decode(new int[] {1}, 9, PAGES))), false);

        assertThat(result.logits().remaining()).isEqualTo(ByteTokenizer.SIZE);
        assertThat(wanted(result, 0)).isEqualTo(textAt(9));
    }

    @Test
    void takesThePaceForDecodingOnly() {
        long start = nanos.get();
        runner.run(new StepPlan(List.of(Span.prefill(new int[] {1}, 0, PAGES, Logits.LAST))), false);
        assertThat(nanos.get() - start).isLessThan(5_000_000);

        start = nanos.get();
        runner.run(new StepPlan(List.of(Span.decode(new int[] {1}, 1, PAGES))), false);
        assertThat(nanos.get() - start).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void saysOfATimedStepThatItHasNoParts() {
        StepResult.StepTimings timings = runner.run(new StepPlan(List.of(Span.decode(new int[] {1}, 1, PAGES))), true)
                .timings()
                .orElseThrow();

        assertThat(timings.attentionNanos()).isZero();
        assertThat(timings.onceNanos()).isPositive();
    }

    @Test
    void hasPagesForEverySlot() {
        assertThat(runner.pageCount() * runner.pagePositions()).isEqualTo(4 * 256);
    }

    @Test
    void tokenizerGivesEveryByteBack() {
        try (var text = NullModel.text()) {
            String conversation = text.chatTemplate()
                    .orElseThrow()
                    .render(List.of(new ChatMessage("user", "Grüße 🌍")))
                    .text();
            int[] ids = text.tokenizer().encode(conversation, true);

            assertThat(conversation).isEqualTo("user: Grüße 🌍\nassistant: ");
            assertThat(text.tokenizer().decode(ids)).isEqualTo(conversation);
            assertThat(text.tokenizer().fewestTokens(conversation)).isLessThanOrEqualTo(ids.length);
            assertThat(text.tokenizer().bytes(ByteTokenizer.END)).isEmpty();
            assertThat(text.endOfTextIds()).containsExactly(ByteTokenizer.END);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> text.tokenizer().bytes(ByteTokenizer.SIZE));
        }
    }

    private static int textAt(int position) {
        byte[] text = NullRunner.TEXT.getBytes(StandardCharsets.US_ASCII);
        return text[position % text.length];
    }

    private static int wanted(StepResult result, int row) {
        int best = 0;
        for (int token = 0; token < ByteTokenizer.SIZE; token++) {
            int at = row * ByteTokenizer.SIZE;
            assertThat(result.logits().get(at + token)).isGreaterThanOrEqualTo(0);
            if (result.logits().get(at + token) > result.logits().get(at + best)) {
                best = token;
            }
        }
        return best;
    }
}
