package io.vitrine.model.torch;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StepAssemblerTest {

    private static final int PAGE = TorchSettings.PAGE_POSITIONS;
    private static final int LAYERS = 4;

    /** A sequence with this many pages that decodes one token, which tells it from others. */
    private static Span decoding(int token, int pages) {
        return Span.decode(
                new int[] {token}, pages * PAGE - 1, IntStream.range(0, pages).toArray());
    }

    private static int pages(List<Span> spans) {
        return spans.stream().mapToInt(span -> span.pages().length).sum();
    }

    @Test
    void eachThreadHasAboutAsManyPagesToRead() {
        List<Span> growing = IntStream.rangeClosed(1, 10)
                .mapToObj(pages -> decoding(pages, pages))
                .toList();

        List<Span> rows = new StepAssembler(new StepPlan(growing), 2, LAYERS).decodingSpans();

        assertThat(rows).hasSameElementsAs(growing);
        assertThat(pages(rows.subList(0, 5))).isBetween(27, 30);
        assertThat(pages(rows.subList(5, 10))).isBetween(25, 28);
    }

    @Test
    void sequencesOfOneLengthStayInTheOrderTheyWereDealtIn() {
        List<Span> before =
                IntStream.range(0, 7).mapToObj(token -> decoding(token, 2)).toList();
        List<Span> after = before.stream()
                .map(span -> Span.decode(span.tokens(), span.position() - 1, span.pages()))
                .toList();

        List<Span> dealtBefore = new StepAssembler(new StepPlan(before), 2, LAYERS).decodingSpans();
        List<Span> dealtAfter = new StepAssembler(new StepPlan(after), 2, LAYERS).decodingSpans();

        assertThat(dealtAfter)
                .extracting(span -> span.tokens()[0])
                .containsExactlyElementsOf(
                        dealtBefore.stream().map(span -> span.tokens()[0]).toList());
    }

    @Test
    void logitsComeInTheOrderOfThePlanHoweverItsRowsAreLaidOut() {
        var chunk = Span.prefill(new int[] {70, 71, 72}, 0, new int[] {9}, Logits.LAST);
        var unread = Span.prefill(new int[] {80, 81}, 0, new int[] {8}, Logits.NONE);
        var guessing = Span.decode(new int[] {20, 21}, PAGE, new int[] {1, 2});
        List<Span> spans = List.of(chunk, decoding(10, 1), unread, guessing, decoding(30, 3));

        for (int threads = 1; threads <= 3; threads++) {
            DecoderProgram.Step step =
                    new StepAssembler(new StepPlan(spans), threads, LAYERS).step(new GatheredPages(0), false);

            assertThat(Arrays.stream(step.logitRows()).map(row -> step.tokens()[(int) row]))
                    .as("%d threads", threads)
                    .containsExactly(72L, 10L, 20L, 21L, 30L);
            assertThat(step.decoding()).isEqualTo(4);
            assertThat(step.tokens()).hasSize(9).endsWith(70, 71, 72, 80, 81);
        }
    }

    @Test
    void aStepHasAllLayersOfEachChunkOrSomeOfOne() {
        var whole = Span.prefill(new int[] {70}, 0, new int[] {9}, Logits.NONE);
        var part = Span.prefill(new int[] {71}, 0, new int[] {8}, Logits.NONE, new Layers(1, 3, LAYERS));
        var ofAnotherModel = Span.prefill(new int[] {71}, 0, new int[] {8}, Logits.NONE, new Layers(1, 3, 5));

        assertThat(layers(whole, whole)).isEqualTo(new Layers(0, LAYERS, LAYERS));
        assertThat(layers(decoding(1, 1))).isEqualTo(new Layers(0, LAYERS, LAYERS));
        assertThat(layers(decoding(1, 1), part)).isEqualTo(part.layers());
        assertThatIllegalArgumentException().isThrownBy(() -> layers(part, whole));
        assertThatIllegalArgumentException().isThrownBy(() -> layers(ofAnotherModel));
    }

    private static Layers layers(Span... spans) {
        return new StepAssembler(new StepPlan(List.of(spans)), 1, LAYERS)
                .step(new GatheredPages(0), false)
                .chunkLayers();
    }
}
