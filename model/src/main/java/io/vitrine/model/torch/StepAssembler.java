package io.vitrine.model.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;

/**
 * Lays the spans of a plan out as the model program takes them: the sequences that decode come first and together, then the
 * chunks of prompts.
 */
final class StepAssembler {

    private final List<Span> decoding = new ArrayList<>();
    private final List<Span> chunks = new ArrayList<>();

    /** For each row of logits the program gives, the row it is in the plan's order. */
    private final int[] logitOrder;

    StepAssembler(StepPlan plan) {
        List<Integer> decodingRows = new ArrayList<>();
        List<Integer> chunkRows = new ArrayList<>();
        int planRow = 0;
        for (Span span : plan.spans()) {
            boolean decodes = span.phase() == Phase.DECODE;
            (decodes ? decoding : chunks).add(span);
            for (int count = span.logitRows(); count > 0; count--) {
                (decodes ? decodingRows : chunkRows).add(planRow++);
            }
        }
        decodingRows.addAll(chunkRows);
        this.logitOrder = decodingRows.stream().mapToInt(Integer::intValue).toArray();
    }

    List<Span> decodingSpans() {
        return decoding;
    }

    int[] logitOrder() {
        return logitOrder.clone();
    }

    DecoderProgram.Step step(boolean timed) {
        List<Span> spans = new ArrayList<>(decoding);
        spans.addAll(chunks);
        int tokenCount = spans.stream().mapToInt(span -> span.tokens().length).sum();
        long[] tokens = new long[tokenCount];
        long[] positions = new long[tokenCount];
        long[] pages = new long[tokenCount];
        long[] logitRows = new long[logitOrder.length];
        int row = 0;
        int logitRow = 0;
        for (Span span : spans) {
            int firstWithLogits = span.tokens().length - span.logitRows();
            for (int index = 0; index < span.tokens().length; index++, row++) {
                tokens[row] = span.tokens()[index];
                positions[row] = (long) span.position() + index;
                pages[row] = span.pages()[(span.position() + index) / TorchSettings.PAGE_POSITIONS];
                if (index >= firstWithLogits) {
                    logitRows[logitRow++] = row;
                }
            }
        }
        return new DecoderProgram.Step(
                tokens,
                positions,
                pages,
                decoding.stream().mapToInt(span -> span.tokens().length).sum(),
                chunks.stream()
                        .map(chunk -> pagesUpTo(chunk, chunk.tokens().length - 1))
                        .toList(),
                chunks.stream().mapToLong(Span::position).toArray(),
                chunks.stream().mapToLong(chunk -> chunk.tokens().length).toArray(),
                logitRows,
                timed);
    }

    /** For each row of decoding spans, the pages that its sequence fills up to its token. */
    static List<long[]> pagesByRow(List<Span> decoding) {
        return decoding.stream()
                .flatMap(span -> IntStream.range(0, span.tokens().length).mapToObj(index -> pagesUpTo(span, index)))
                .toList();
    }

    /** The pages that a span's sequence fills up to its token {@code index}; the span's list may be longer. */
    private static long[] pagesUpTo(Span span, int index) {
        return Arrays.stream(span.pages())
                .limit((span.position() + index) / TorchSettings.PAGE_POSITIONS + 1)
                .asLongStream()
                .toArray();
    }
}
