package io.vitrine.grammar.mask;

import java.util.Arrays;

import io.vitrine.grammar.WorkLimitException;
import io.vitrine.grammar.cfg.Configuration;

/**
 * Accompanies one sequence: which tokens may follow, and the way back for draft tokens that are rejected. One thread
 * at a time.
 *
 * <p>The state after each token is an immutable configuration in a list; rolling back shortens the list.
 */
public final class Matcher {

    private static final int MAX_FORCED_BYTES = 1_024;

    private final CompiledGrammar grammar;
    private Configuration[] history = new Configuration[64];
    private int tokens;
    private boolean ended;

    /** Splits text into tokens as the model's tokenizer does. */
    @FunctionalInterface
    public interface Encoder {
        int[] encode(byte[] utf8);
    }

    Matcher(CompiledGrammar grammar, Configuration start) {
        this.grammar = grammar;
        history[0] = start;
    }

    /**
     * Overwrites {@code bits} with the tokens that may follow. End-of-text tokens are among them exactly where the
     * constraint accepts; after one of them nothing follows.
     *
     * @param bits {@link TokenTrie#maskWords} words
     * @throws WorkLimitException if the constraint exceeds a limit; the matcher is unchanged
     */
    public void mask(long[] bits) {
        if (bits.length != grammar.trie().maskWords()) {
            throw new IllegalArgumentException(
                    "a mask of this vocabulary has " + grammar.trie().maskWords() + " words: " + bits.length);
        }
        if (ended) {
            Arrays.fill(bits, 0);
        } else {
            grammar.writeMask(history[tokens], bits);
        }
    }

    /**
     * Takes the next token.
     *
     * @return false if it is not allowed here; the matcher is unchanged then
     * @throws WorkLimitException if the constraint exceeds a limit; the matcher is unchanged
     */
    public boolean accept(int token) {
        TokenTrie trie = grammar.trie();
        if (ended || token < 0 || token >= trie.size()) {
            return false;
        }
        Configuration at = history[tokens];
        if (trie.isEndOfText(token)) {
            if (!at.isAccepting()) {
                return false;
            }
            append(at);
            ended = true;
            return true;
        }
        byte[] bytes = trie.bytes(token);
        if (bytes.length == 0) {
            return false;
        }
        Configuration next = grammar.advance(at, bytes);
        if (next.isDead()) {
            return false;
        }
        append(next);
        return true;
    }

    /** Takes back the last {@code count} accepted tokens. */
    public void rollback(int count) {
        if (count < 0 || count > tokens) {
            throw new IllegalArgumentException("rollback must be of 0 to " + tokens + " tokens: " + count);
        }
        Arrays.fill(history, tokens - count + 1, tokens + 1, null);
        tokens -= count;
        ended &= count == 0;
    }

    /** An independent matcher with the same text. */
    public Matcher fork() {
        Matcher fork = new Matcher(grammar, history[0]);
        fork.history = history.clone();
        fork.tokens = tokens;
        fork.ended = ended;
        return fork;
    }

    /** Whether the text satisfies the constraint as it stands. */
    public boolean isAccepting() {
        return history[tokens].isAccepting();
    }

    /** Whether an end-of-text token was accepted. */
    public boolean isEnded() {
        return ended;
    }

    /** How many tokens were accepted and not rolled back. */
    public int tokenCount() {
        return tokens;
    }

    /**
     * Tokens that must follow, as the tokenizer splits their text; not accepted yet. Tokens at the end that a longer
     * token of the vocabulary might replace, once the text goes on, are left out.
     */
    public int[] forcedTokens(Encoder encoder) {
        if (ended) {
            return new int[0];
        }
        byte[] forced = grammar.forcedBytes(history[tokens], MAX_FORCED_BYTES);
        int certain = 0;
        while (certain < forced.length && !grammar.trie().whole().continuesBeyond(forced, certain)) {
            certain++;
        }
        int[] split = encoder.encode(forced);
        int count = 0;
        int end = 0;
        while (count < split.length && end + grammar.trie().bytes(split[count]).length <= certain) {
            end += grammar.trie().bytes(split[count++]).length;
        }
        return Arrays.copyOf(split, count);
    }

    private void append(Configuration next) {
        if (tokens + 1 == history.length) {
            history = Arrays.copyOf(history, 2 * history.length);
        }
        history[++tokens] = next;
    }
}
