package io.vitrine.model.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns the tokens of one answer into text as they come, never giving out half a character.
 *
 * <p>A token may end in the middle of a UTF-8 character; its first bytes (at most three) wait for the tokens that complete
 * it. All pieces joined, {@link #flush} included, are {@code new String(allBytes, UTF_8)}. A piece may be empty.
 *
 * <p>The ids go on from a prompt, so nothing is taken from the front: with a SentencePiece tokenizer an answer may begin with
 * the space that separates it from the prompt, which {@link Tokenizer#decode} of the same ids would drop.
 *
 * <p>For one answer and one thread at a time.
 */
public final class StreamDecoder {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer waiting = NOTHING;

    public StreamDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * The text that is complete with this token.
     *
     * @throws IllegalArgumentException if there is no such token
     */
    public String accept(int tokenId) {
        return accept(tokenizer.bytes(tokenId));
    }

    /** The text that is complete with the bytes of the next token. */
    public String accept(byte[] bytes) {
        ByteBuffer input = ByteBuffer.allocate(waiting.remaining() + bytes.length);
        input.put(waiting).put(bytes).flip();
        CharBuffer text = CharBuffer.allocate(input.remaining());
        decoder.decode(input, text, false);
        waiting = input;
        return text.flip().toString();
    }

    /** What is left at the end: empty, or U+FFFD for a character that was never completed. Then ready for another answer. */
    public String flush() {
        CharBuffer text = CharBuffer.allocate(waiting.remaining());
        decoder.decode(waiting, text, true);
        decoder.flush(text);
        decoder.reset();
        waiting = NOTHING;
        return text.flip().toString();
    }
}
