package io.vitrine.model.torch;

import java.util.List;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;

/**
 * Which positions the program's copy of a prompt's keys and values holds: a chunk is set against its sequence's pages brought together,
 * and copying all of them again would cost more than all else in a small chunk. So a chunk that goes on where the last one ended has only
 * its new tokens added, and a prompt that begins with the pages of the one before, a shared system prompt say, has only the others
 * copied. A page that is written again is not what was copied; the runner sees every token that is written.
 *
 * <p>The copy is one sequence's. Other chunks of a step are copied for the step alone, and so is a chunk that reaches
 * further than the
 * copy is planned for. A short prompt computed amid a long one leaves the copy to the long one.
 */
final class GatheredPages {

    /** No chunk of the step uses the copy. */
    static final int NONE = -1;

    /** A prompt that is shorter by this factor copies its pages for less than the long one would have to. */
    private static final int MUCH_SHORTER = 4;

    /** Steps with prompts after which a sequence that did not go on may have ended. */
    private static final int STEPS_TO_GO_ON = 64;

    private final int capacity;
    private int[] pages = {};

    /** Of the sequence with these pages, from its first on. */
    private int positions;

    private boolean unfinished;
    private int stepsUnused;
    /** Whether the copy belonged to the chunk since its first layer. */
    private boolean sinceFirstLayer;

    private int held = NONE;
    private int known;

    /** @param capacity positions the copy has room for */
    GatheredPages(int capacity) {
        this.capacity = capacity;
    }

    /** Decides which chunk of a step uses the copy. */
    void choose(List<Span> chunks) {
        held = NONE;
        known = 0;
        for (int index = 0; index < chunks.size(); index++) {
            Span chunk = chunks.get(index);
            boolean better = held == NONE
                    || known(chunk) > known
                    || (known(chunk) == known && end(chunk) > end(chunks.get(held)));
            if (fits(chunk) && better) {
                held = index;
                known = known(chunk);
            }
        }
        if (held != NONE && known == 0 && leavesItToTheLongOne(chunks.get(held))) {
            held = NONE;
        }
    }

    private boolean fits(Span chunk) {
        int pageCount = (end(chunk) + TorchSettings.PAGE_POSITIONS - 1) / TorchSettings.PAGE_POSITIONS;
        return pageCount * TorchSettings.PAGE_POSITIONS <= capacity;
    }

    private static int end(Span chunk) {
        return chunk.position() + chunk.tokens().length;
    }

    private boolean leavesItToTheLongOne(Span chunk) {
        return unfinished && stepsUnused < STEPS_TO_GO_ON && end(chunk) * MUCH_SHORTER <= positions;
    }

    /** Index of the chunk that uses the copy, or {@link #NONE}. */
    int held() {
        return held;
    }

    /** Positions before that chunk's first token that need not be copied. */
    int known() {
        return known;
    }

    private int known(Span chunk) {
        int same = 0;
        while (same < pages.length && same < chunk.pages().length && pages[same] == chunk.pages()[same]) {
            same++;
        }
        return Math.min(Math.min(positions, chunk.position()), same * TorchSettings.PAGE_POSITIONS);
    }

    /** The step that was chosen for has run. */
    void ran(StepPlan plan, List<Span> chunks) {
        plan.spans().forEach(this::forgetWhatItWrote);
        if (held == NONE) {
            stepsUnused += chunks.isEmpty() ? 0 : 1;
            return;
        }
        Span chunk = chunks.get(held);
        sinceFirstLayer = chunk.layers().first() == 0 || (sinceFirstLayer && isOf(chunk));
        pages = chunk.pages().clone();
        // Layers that are yet to come have copied nothing yet, and those computed elsewhere never will.
        if (!chunk.layers().last()) {
            positions = known;
        } else {
            positions = sinceFirstLayer ? end(chunk) : 0;
        }
        unfinished = chunk.logits() == Logits.NONE;
        stepsUnused = 0;
    }

    /** The page that a chunk writes is its sequence's alone. */
    private boolean isOf(Span chunk) {
        int index = chunk.position() / TorchSettings.PAGE_POSITIONS;
        return index < pages.length && pages[index] == chunk.pages()[index];
    }

    private void forgetWhatItWrote(Span span) {
        for (int position = span.position(); position < end(span); ) {
            int offset = position % TorchSettings.PAGE_POSITIONS;
            forget(span.pages()[position / TorchSettings.PAGE_POSITIONS], offset);
            position += TorchSettings.PAGE_POSITIONS - offset;
        }
    }

    private void forget(int page, int offset) {
        for (int index = 0; index * TorchSettings.PAGE_POSITIONS < positions; index++) {
            if (pages[index] == page) {
                positions = Math.min(positions, index * TorchSettings.PAGE_POSITIONS + offset);
            }
        }
    }

    /** The page is written anew. */
    void forgetPage(int page) {
        forget(page, 0);
    }

    /** A step has failed: who knows how far it came. */
    void forgetAll() {
        positions = 0;
        unfinished = false;
        sinceFirstLayer = false;
    }
}
