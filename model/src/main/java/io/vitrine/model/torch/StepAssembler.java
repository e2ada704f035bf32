package io.vitrine.model.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepPlan.Span;

/**
 * Lays the spans of a plan out as the model program takes them: the sequences that decode come first and together, then the
 * chunks of prompts.
 *
 * <p>libtorch gives each of its threads an equal part of the decoding rows, one after the other; a step lasts as long as the thread with
 * the most to read. So the sequences are dealt to as many hands as there are threads, longest first.
 */
final class StepAssembler {

    private final List<Span> decoding;
    private final List<Span> chunks;
    private final Layers layers;
    private final long[] logitRows;

    /**
     * @param threads that share the decoding rows, at least 1
     * @param layerCount the model's
     * @throws IllegalArgumentException if a step is to compute some layers of more chunks than one
     */
    StepAssembler(StepPlan plan, int threads, int layerCount) {
        List<Integer> decodingSpans = new ArrayList<>();
        List<Integer> chunkSpans = new ArrayList<>();
        for (int index = 0; index < plan.spans().size(); index++) {
            (plan.spans().get(index).phase() == Phase.DECODE ? decodingSpans : chunkSpans).add(index);
        }
        List<Integer> dealt = deal(decodingSpans, plan.spans(), threads);
        this.decoding = dealt.stream().map(plan.spans()::get).toList();
        this.chunks = chunkSpans.stream().map(plan.spans()::get).toList();
        this.layers = layersOf(chunks, layerCount);
        this.logitRows = logitRows(plan.spans(), Stream.concat(dealt.stream(), chunkSpans.stream()));
    }

    private static Layers layersOf(List<Span> chunks, int layerCount) {
        if (chunks.stream().allMatch(chunk -> chunk.layers().equals(Layers.ALL))) {
            return new Layers(0, layerCount, layerCount);
        }
        Layers layers = chunks.get(0).layers();
        if (chunks.size() > 1 || layers.count() != layerCount) {
            throw new IllegalArgumentException(
                    "a step has some of " + layerCount + " layers of one chunk, or all of each: " + chunks);
        }
        return layers;
    }

    /** By pages and not by length, so that the order stays while no sequence begins a page. */
    private static List<Integer> deal(List<Integer> indices, List<Span> spans, int hands) {
        List<Integer> longestFirst = indices.stream()
                .sorted(Comparator.comparingInt(index -> -pageCount(spans.get(index), 0)))
                .toList();
        return IntStream.range(0, hands)
                .boxed()
                .flatMap(hand -> IntStream.iterate(hand, rank -> rank < longestFirst.size(), rank -> rank + hands)
                        .mapToObj(longestFirst::get))
                .toList();
    }

    /**
     * For each row of logits in the plan's order, the row of the step that gives it.
     *
     * @param laidOut the indices of the plan's spans in the order of the step's rows
     */
    private static long[] logitRows(List<Span> spans, Stream<Integer> laidOut) {
        int[] firstRow = new int[spans.size()];
        int rows = 0;
        for (int index : (Iterable<Integer>) laidOut::iterator) {
            firstRow[index] = rows;
            rows += spans.get(index).tokens().length;
        }
        return IntStream.range(0, spans.size())
                .flatMap(index -> {
                    int end = firstRow[index] + spans.get(index).tokens().length;
                    return IntStream.range(end - spans.get(index).logitRows(), end);
                })
                .asLongStream()
                .toArray();
    }

    /** In the order of their rows. */
    List<Span> decodingSpans() {
        return decoding;
    }

    /** In the order of their rows. */
    List<Span> chunks() {
        return chunks;
    }

    /** @param gathered has chosen among the chunks */
    DecoderProgram.Step step(GatheredPages gathered, boolean timed) {
        List<Span> spans = Stream.concat(decoding.stream(), chunks.stream()).toList();
        int tokenCount = spans.stream().mapToInt(span -> span.tokens().length).sum();
        long[] tokens = new long[tokenCount];
        long[] positions = new long[tokenCount];
        long[] pages = new long[tokenCount];
        int row = 0;
        for (Span span : spans) {
            for (int index = 0; index < span.tokens().length; index++, row++) {
                tokens[row] = span.tokens()[index];
                positions[row] = (long) span.position() + index;
                pages[row] = span.pages()[(span.position() + index) / TorchSettings.PAGE_POSITIONS];
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
                gathered.held(),
                gathered.known(),
                layers,
                begunPages(decoding),
                begunPages(chunks),
                logitRows,
                timed);
    }

    /** Pages whose first position the spans write. */
    private static long[] begunPages(List<Span> spans) {
        return spans.stream()
                .flatMapToInt(span -> IntStream.range(span.position(), span.position() + span.tokens().length)
                        .filter(position -> position % TorchSettings.PAGE_POSITIONS == 0)
                        .map(position -> span.pages()[position / TorchSettings.PAGE_POSITIONS]))
                .asLongStream()
                .toArray();
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
                .limit(pageCount(span, index))
                .asLongStream()
                .toArray();
    }

    private static int pageCount(Span span, int index) {
        return (span.position() + index) / TorchSettings.PAGE_POSITIONS + 1;
    }
}
