package io.vitrine.server.inference;

import java.nio.charset.StandardCharsets;
import java.util.Set;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.tools.AnswerForm;
import io.vitrine.grammar.tools.AnswerForm.Reasoning;
import io.vitrine.grammar.tools.AnswerParser;
import io.vitrine.model.text.Tokenizer;

/**
 * How the tokens of an answer are read: as text, or as reasoning, text and calls.
 *
 * @param markers special tokens that are read as their spelling
 */
record AnswerReading(AnswerForm form, Set<Integer> markers, GrammarLimits limits) {

    /** All of it is text. */
    static final AnswerReading TEXT =
            new AnswerReading(AnswerForm.text(Reasoning.NONE), Set.of(), GrammarLimits.DEFAULT);

    AnswerReading {
        markers = Set.copyOf(markers);
    }

    boolean hasParts() {
        return form.hasParts();
    }

    AnswerParser parser() {
        return new AnswerParser(form, limits);
    }

    byte[] bytes(Tokenizer tokenizer, int tokenId) {
        return markers.contains(tokenId)
                ? tokenizer.token(tokenId).getBytes(StandardCharsets.UTF_8)
                : tokenizer.bytes(tokenId);
    }
}
