package io.vitrine.grammar.mask;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.automaton.Work;
import io.vitrine.grammar.cfg.Configuration;
import io.vitrine.grammar.cfg.Expression;
import io.vitrine.grammar.cfg.Recognizer;
import io.vitrine.grammar.cfg.Rule;

/**
 * The vocabulary of one tokenizer, as bytes. Immutable; made once a tokenizer, since it costs a walk of the
 * vocabulary.
 */
public final class TokenTrie {

    private static final int MAX_TOKEN_BYTES = Short.MAX_VALUE;

    private final byte[][] bytes;
    private final int[] endOfText;
    private final int[][] sameBytes;
    private final ByteSet alphabet;
    private final FlatTrie trie;
    private final Slice slice;

    private TokenTrie(byte[][] bytes, int[] endOfText) {
        this.bytes = bytes;
        this.endOfText = endOfText;
        this.sameBytes = new int[bytes.length][];
        this.alphabet = singleBytes(bytes);
        List<FlatTrie.Entry> entries = entries();
        this.trie = FlatTrie.of(entries);
        this.slice = slice(entries);
    }

    /**
     * A vocabulary.
     *
     * @param size one more than the largest token id
     * @param bytes what each token adds to the text; empty for special tokens and holes, which no constraint ever
     *     allows
     * @param endOfText special tokens that end the text; allowed where the constraint accepts
     */
    public static TokenTrie of(int size, IntFunction<byte[]> bytes, int... endOfText) {
        byte[][] copy = new byte[size][];
        for (int token = 0; token < size; token++) {
            copy[token] = bytes.apply(token).clone();
            if (copy[token].length > MAX_TOKEN_BYTES) {
                throw new IllegalArgumentException("a token may have " + MAX_TOKEN_BYTES + " bytes; token " + token
                        + " has " + copy[token].length);
            }
        }
        for (int token : endOfText) {
            if (token < 0 || token >= size) {
                throw new IllegalArgumentException(
                        "end of text must be a token from 0 to " + (size - 1) + ": " + token);
            }
            copy[token] = new byte[0];
        }
        return new TokenTrie(copy, Arrays.stream(endOfText).distinct().toArray());
    }

    /** One more than the largest token id. */
    public int size() {
        return bytes.length;
    }

    /** Words of a mask: bit {@code id % 64} of word {@code id / 64} stands for a token. */
    public int maskWords() {
        return (bytes.length + Long.SIZE - 1) / Long.SIZE;
    }

    /**
     * Bytes that are tokens of their own. Constrained text has no others, so that any text that may follow can be
     * spelled: some vocabularies lack bytes that no text of their corpus had.
     */
    ByteSet alphabet() {
        return alphabet;
    }

    private static ByteSet singleBytes(byte[][] bytes) {
        ByteSet single = ByteSet.NONE;
        for (byte[] text : bytes) {
            single = text.length == 1 ? single.union(ByteSet.of(text[0] & 0xFF)) : single;
        }
        return single;
    }

    /** Lent, not copied. */
    byte[] bytes(int token) {
        return bytes[token];
    }

    boolean isEndOfText(int token) {
        for (int end : endOfText) {
            if (end == token) {
                return true;
            }
        }
        return false;
    }

    /** Lent, not copied. */
    int[] endOfText() {
        return endOfText;
    }

    FlatTrie whole() {
        return trie;
    }

    Slice slice() {
        return slice;
    }

    /** All tokens with the bytes of this one, which the trie holds once. */
    int[] withSameBytes(int token) {
        return sameBytes[token];
    }

    private List<FlatTrie.Entry> entries() {
        TreeMap<byte[], List<Integer>> tokensOfBytes = new TreeMap<>(Comparator.nullsFirst(Arrays::compareUnsigned));
        for (int token = 0; token < bytes.length; token++) {
            if (bytes[token].length > 0) {
                tokensOfBytes
                        .computeIfAbsent(bytes[token], b -> new ArrayList<>())
                        .add(token);
            }
        }
        List<FlatTrie.Entry> entries = new ArrayList<>();
        tokensOfBytes.forEach((text, tokens) -> {
            sameBytes[tokens.get(0)] =
                    tokens.stream().mapToInt(Integer::intValue).toArray();
            entries.add(new FlatTrie.Entry(text, tokens.get(0)));
        });
        return entries;
    }

    private Slice slice(List<FlatTrie.Entry> entries) {
        Work unlimited = new Work(Integer.MAX_VALUE);
        Languages languages = new Languages(alphabet(), Integer.MAX_VALUE, unlimited);
        Rule texts = new Rule("slice");
        texts.define(new Expression.Lexeme(languages.repetition(Slice.character(languages), 1, Languages.UNBOUNDED)));
        Configuration start = new Recognizer(texts, languages, unlimited, GrammarLimits.DEFAULT).start();
        TreeMap<Integer, List<Integer>> byCharacters = new TreeMap<>(Map.of(0, List.of()));
        boolean[] member = new boolean[bytes.length];
        trie.walk(start, token -> {
            member[token] = true;
            byCharacters
                    .computeIfAbsent(characters(bytes[token]), c -> new ArrayList<>())
                    .add(token);
        });
        List<long[]> masks = new ArrayList<>();
        long[] bits = new long[maskWords()];
        for (int characters = 0; characters <= byCharacters.lastKey(); characters++) {
            for (int token : byCharacters.getOrDefault(characters, List.of())) {
                for (int same : sameBytes[token]) {
                    TokenBits.set(bits, same);
                }
            }
            masks.add(bits.clone());
        }
        return new Slice(
                masks,
                FlatTrie.of(
                        entries.stream().filter(entry -> !member[entry.token()]).toList()));
    }

    /** A character that is only begun counts as well. */
    private static int characters(byte[] utf8) {
        int count = 0;
        for (byte value : utf8) {
            count += (value & 0xC0) == 0x80 ? 0 : 1;
        }
        return count;
    }
}
