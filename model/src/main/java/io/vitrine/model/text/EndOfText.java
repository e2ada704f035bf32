package io.vitrine.model.text;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.model.weights.ModelFormatException;

/**
 * Tells which tokens end an answer.
 *
 * <p>Checkpoints often name only the end of a document as EOS, while their chat template ends each turn with a token of its
 * own; without that one a chat answer would run on into an invented next turn.
 */
public final class EndOfText {

    /** Tokens that end a turn. {@code </s>} is not one of them: it counts only where the checkpoint names it as EOS. */
    private static final List<String> ENDS_OF_TURN =
            List.of("<|im_end|>", "<|eot_id|>", "<|end_of_turn|>", "<end_of_turn>", "<|end|>");

    private EndOfText() {}

    /**
     * The ids that end an answer: those the checkpoint names, and the well-known ends of turn that are special tokens of this
     * vocabulary and appear in the chat template.
     *
     * @param eosIds as the checkpoint gives them
     * @param templateSource the chat template, empty if there is none
     * @throws ModelFormatException if an id is not in the vocabulary
     */
    public static Set<Integer> ids(Collection<Integer> eosIds, Tokenizer tokenizer, String templateSource) {
        Set<Integer> ids = new TreeSet<>(eosIds);
        for (int id : ids) {
            if (!tokenizer.has(id)) {
                throw new ModelFormatException("the end-of-text token id must be one of the tokenizer's, from 0 to "
                        + (tokenizer.vocabularySize() - 1) + ": " + id);
            }
        }
        ENDS_OF_TURN.stream().filter(templateSource::contains).forEach(token -> addIfSpecial(token, tokenizer, ids));
        return Set.copyOf(ids);
    }

    private static void addIfSpecial(String token, Tokenizer tokenizer, Set<Integer> ids) {
        int[] encoded = tokenizer.encode(token, false);
        if (encoded.length == 1 && tokenizer.isSpecial(encoded[0])) {
            ids.add(encoded[0]);
        }
    }
}
