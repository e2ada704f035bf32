package io.vitrine.model.torch;

import java.util.List;

import io.vitrine.model.engine.StepPlan;
import io.vitrine.model.engine.StepPlan.Span;

/**
 * Which positions the program's copy of a prompt's keys and values holds: a chunk is set against its sequence's pages brought together,
 * and copying all of them again would cost more than all else in a small chunk. So a chunk that goes on where the last one ended has only
 * its new tokens added, and a prompt that begins with the pages of the one before, a shared system prompt say, has only the others
 * copied. A page that is written again is not what was copied; the runner sees every token that is written.
 */
final class GatheredPages {

    private int[] pages = {};

    /** Of the sequence with these pages, from its first on. */
    private int positions;

    /** Positions before the chunk's first token that need not be copied; 0 if the step has other chunks, which want the place too. */
    int known(List<Span> chunks) {
        return chunks.size() == 1 ? known(chunks.get(0)) : 0;
    }

    private int known(Span chunk) {
        int same = 0;
        while (same < pages.length && same < chunk.pages().length && pages[same] == chunk.pages()[same]) {
            same++;
        }
        return Math.min(Math.min(positions, chunk.position()), same * TorchSettings.PAGE_POSITIONS);
    }

    /** A step has run. */
    void ran(StepPlan plan, List<Span> chunks) {
        plan.spans().forEach(this::forgetWhatItWrote);
        if (chunks.size() != 1) {
            positions = chunks.isEmpty() ? positions : 0;
            return;
        }
        Span chunk = chunks.get(0);
        int known = known(chunk);
        pages = chunk.pages().clone();
        // Where some layers are yet to come, they have copied nothing yet.
        positions = chunk.layers().last() ? chunk.position() + chunk.tokens().length : known;
    }

    private void forgetWhatItWrote(Span span) {
        for (int position = span.position(); position < span.position() + span.tokens().length; ) {
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

    /** A step has failed: who knows how far it came. */
    void forgetAll() {
        positions = 0;
    }
}
