package io.vitrine.server.constraint;

import java.util.Set;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarCache;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.mask.TokenTrie;
import io.vitrine.model.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Compiles constraints for one model's vocabulary and keeps them. The vocabulary's trie is built with the first constraint:
 * a model that nobody constrains does not pay for it. Any thread that may block: not an event loop.
 */
public final class Constraints {

    private final Tokenizer tokenizer;
    private final int rows;
    private final int[] endOfTextIds;
    private final GrammarLimits limits;
    private final int cacheEntries;
    private @Nullable GrammarCache cache;

    /**
     * @param rows of the head: a mask has as many bits
     * @param endOfTextIds special tokens that are allowed where the text may end
     * @param cacheEntries most compiled grammars kept
     */
    public Constraints(
            Tokenizer tokenizer, int rows, Set<Integer> endOfTextIds, GrammarLimits limits, int cacheEntries) {
        this.tokenizer = tokenizer;
        this.rows = rows;
        this.endOfTextIds =
                endOfTextIds.stream().mapToInt(Integer::intValue).filter(id -> id < rows).sorted().toArray();
        this.limits = limits;
        this.cacheEntries = cacheEntries;
    }

    /**
     * A compiled constraint.
     *
     * @param cacheHit whether it was compiled before
     * @param states of its automaton so far
     */
    public record Compiled(GrammarConstraint constraint, boolean cacheHit, int states) {}

    /**
     * Compiles a grammar, or finds it compiled.
     *
     * @throws GrammarException if it cannot be compiled
     */
    public Compiled compile(Grammar grammar) {
        GrammarCache.Lookup found = cache().get(grammar);
        return new Compiled(
                new GrammarConstraint(found.grammar()),
                found.hit(),
                found.grammar().states());
    }

    private synchronized GrammarCache cache() {
        if (cache == null) {
            TokenTrie trie = TokenTrie.of(rows, this::bytes, endOfTextIds);
            cache = new GrammarCache(trie, limits, cacheEntries);
        }
        return cache;
    }

    private byte[] bytes(int tokenId) {
        return tokenizer.has(tokenId) && !tokenizer.isSpecial(tokenId) ? tokenizer.bytes(tokenId) : new byte[0];
    }
}
