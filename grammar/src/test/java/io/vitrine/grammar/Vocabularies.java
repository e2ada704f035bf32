package io.vitrine.grammar;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

import io.vitrine.grammar.mask.Matcher;
import io.vitrine.grammar.mask.TokenTrie;

/** Vocabularies for the tests, and the texts that they split. */
public final class Vocabularies {

    /** Token {@code b} is the byte {@code b}; 256 ends the text. */
    public static final TokenTrie BYTES =
            TokenTrie.of(257, token -> token < 256 ? new byte[] {(byte) token} : new byte[0], 256);

    private Vocabularies() {}

    /** Every byte, these texts, and an end-of-text token as the last. */
    public static List<byte[]> bytesAnd(String... texts) {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        for (String text : texts) {
            tokens.add(text.getBytes(StandardCharsets.UTF_8));
        }
        tokens.add(new byte[0]);
        return tokens;
    }

    public static TokenTrie trie(List<byte[]> tokens) {
        return TokenTrie.of(tokens.size(), tokens::get, tokens.size() - 1);
    }

    /** The 49 152 tokens of SmolLM2; 2 ({@code <|im_end|>}) ends the text. */
    public static List<byte[]> smolLm2() {
        try (InputStream resource = Vocabularies.class.getResourceAsStream("smollm2-vocabulary.gz");
                InputStream unzipped = new GZIPInputStream(resource)) {
            ByteArrayInputStream in = new ByteArrayInputStream(unzipped.readAllBytes());
            List<byte[]> tokens = new ArrayList<>();
            for (int length = in.read(); length >= 0; length = in.read()) {
                tokens.add(in.readNBytes(length));
            }
            return tokens;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static TokenTrie smolLm2Trie(List<byte[]> tokens) {
        return TokenTrie.of(tokens.size(), tokens::get, 2);
    }

    /** Whether a text, byte by byte, is accepted as a whole. */
    public static boolean accepts(Matcher start, String text) {
        Matcher matcher = start.fork();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!matcher.accept(value & 0xFF)) {
                return false;
            }
        }
        return matcher.accept(256);
    }
}
