package io.vitrine.model.nullengine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

import io.vitrine.model.text.ChatPrompt;
import io.vitrine.model.text.Tokenizer;

/** The UTF-8 bytes of a text are its tokens; one more token, special, ends a text. No text spells it. */
final class ByteTokenizer implements Tokenizer {

    static final int END = 256;
    static final int SIZE = END + 1;

    private static final String END_SPELLING = "<|end|>";

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] ids = new int[bytes.length];
        for (int index = 0; index < ids.length; index++) {
            ids[index] = Byte.toUnsignedInt(bytes[index]);
        }
        return ids;
    }

    @Override
    public long fewestTokens(String text) {
        return text.length();
    }

    @Override
    public int[] encode(ChatPrompt prompt) {
        return encode(prompt.text(), false);
    }

    @Override
    public Set<String> controlTokens() {
        return Set.of();
    }

    @Override
    public byte[] bytes(int tokenId) {
        requireKnown(tokenId);
        return isSpecial(tokenId) ? new byte[0] : new byte[] {(byte) tokenId};
    }

    @Override
    public String token(int tokenId) {
        requireKnown(tokenId);
        if (isSpecial(tokenId)) {
            return END_SPELLING;
        }
        return tokenId < 0x80 ? Character.toString(tokenId) : "<0x" + Integer.toHexString(tokenId) + ">";
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return tokenId == END;
    }

    @Override
    public boolean has(int tokenId) {
        return tokenId >= 0 && tokenId < SIZE;
    }

    @Override
    public int vocabularySize() {
        return SIZE;
    }

    @Override
    public String decode(int[] tokenIds) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(tokenIds.length);
        for (int id : tokenIds) {
            text.writeBytes(bytes(id));
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private void requireKnown(int tokenId) {
        if (!has(tokenId)) {
            throw new IllegalArgumentException("no such token: " + tokenId);
        }
    }

    @Override
    public void close() {}
}
