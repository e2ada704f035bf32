package io.vitrine.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.vitrine.model.text.ChatPrompt;
import io.vitrine.model.text.Tokenizer;

/** A tokenizer one can see through: a token is a byte, and there are two special ones. */
public final class ByteTokenizer implements Tokenizer {

    public static final int END = 256;
    public static final int START = 257;
    public static final int SIZE = 258;

    private static final String END_TEXT = "<|end|>";
    private static final String START_TEXT = "<|start|>";

    private volatile boolean closed;
    private volatile Consumer<String> beforeEncode = text -> {};

    /** Gets each text before it is encoded, on the thread that encodes it. */
    public void beforeEncode(Consumer<String> watcher) {
        beforeEncode = watcher;
    }

    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        beforeEncode.accept(text);
        int[] ids = new int[text.length() * 4 + 1];
        int count = 0;
        if (addSpecialTokens) {
            ids[count++] = START;
        }
        for (int index = 0; index < text.length(); ) {
            if (text.startsWith(END_TEXT, index)) {
                ids[count++] = END;
                index += END_TEXT.length();
                continue;
            }
            int character = text.codePointAt(index);
            for (byte each : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                ids[count++] = Byte.toUnsignedInt(each);
            }
            index += Character.charCount(character);
        }
        return Arrays.copyOf(ids, count);
    }

    /** A special token may stand for all of its text. */
    @Override
    public long fewestTokens(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length / START_TEXT.length();
    }

    /** Without markers in it, each character is text. */
    @Override
    public int[] encode(ChatPrompt prompt) {
        if (prompt.markers().isEmpty()) {
            return encode(prompt.text(), false);
        }
        beforeEncode.accept(prompt.text());
        IntStream.Builder ids = IntStream.builder();
        int from = 0;
        for (ChatPrompt.Marker marker : prompt.markers().get()) {
            textIds(prompt.text().substring(from, marker.start())).forEach(ids);
            ids.add(END);
            from = marker.end();
        }
        textIds(prompt.text().substring(from)).forEach(ids);
        return ids.build().toArray();
    }

    private static IntStream textIds(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return IntStream.range(0, bytes.length).map(index -> Byte.toUnsignedInt(bytes[index]));
    }

    @Override
    public Set<String> controlTokens() {
        return Set.of(END_TEXT, START_TEXT);
    }

    @Override
    public byte[] bytes(int tokenId) {
        requireKnown(tokenId);
        return isSpecial(tokenId) ? new byte[0] : new byte[] {(byte) tokenId};
    }

    @Override
    public String token(int tokenId) {
        requireKnown(tokenId);
        return switch (tokenId) {
            case END -> END_TEXT;
            case START -> START_TEXT;
            default -> String.format("<0x%02X>", tokenId);
        };
    }

    @Override
    public boolean isSpecial(int tokenId) {
        return tokenId >= END;
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
        var bytes = new ByteArrayOutputStream();
        Arrays.stream(tokenIds).forEach(id -> bytes.writeBytes(bytes(id)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    private static void requireKnown(int tokenId) {
        if (tokenId < 0 || tokenId >= SIZE) {
            throw new IllegalArgumentException("no such token: " + tokenId);
        }
    }
}
