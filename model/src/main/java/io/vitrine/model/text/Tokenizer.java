package io.vitrine.model.text;

import java.util.Set;

/**
 * Text to token ids and back. Safe from several threads at once.
 */
public interface Tokenizer extends AutoCloseable {

    /**
     * Token ids of {@code text}. The text of a special token (such as {@code <|im_start|>}) becomes that token.
     *
     * @param addSpecialTokens whether what the model expects around a plain text (a leading BOS, say) is added; false for
     *     a rendered chat template, which writes them itself
     */
    int[] encode(String text, boolean addSpecialTokens);

    /**
     * A lower bound of the tokens that {@link #encode} gives for {@code text}, in a small part of its time; 0 where
     * the text alone says nothing.
     */
    long fewestTokens(String text);

    /**
     * Token ids of a conversation: the spelling of a control token is that token where the template wrote it, and text in a message.
     * Where no message spells one, these are the ids of {@code encode(prompt.text(), false)}.
     */
    int[] encode(ChatPrompt prompt);

    /** Spellings of the special tokens: what must not become a token where it is read from a message. */
    Set<String> controlTokens();

    /**
     * The bytes this token adds to the text: none for a special token, perhaps an incomplete UTF-8 character for others.
     *
     * @throws IllegalArgumentException if there is no such token
     */
    byte[] bytes(int tokenId);

    /** The token as the vocabulary spells it; special tokens included. */
    String token(int tokenId);

    boolean isSpecial(int tokenId);

    /** Whether there is a token with this id: some vocabularies have holes. */
    boolean has(int tokenId);

    /** One more than the largest token id. */
    int vocabularySize();

    /** Text of the ids, special tokens left out, invalid UTF-8 replaced by U+FFFD. */
    String decode(int[] tokenIds);

    @Override
    void close();
}
