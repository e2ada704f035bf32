package io.vitrine.server.constraint;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarCache;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.mask.TokenTrie;
import io.vitrine.model.text.Tokenizer;

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
    private final Map<Set<Integer>, GrammarCache> caches = new HashMap<>();

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
        return compile(grammar, Set.of());
    }

    /**
     * Compiles a grammar in which some special tokens stand for their spelling.
     *
     * @param markers ids of these tokens; of a model's few formats, since each combination has a vocabulary of its own
     * @throws GrammarException if it cannot be compiled
     */
    public Compiled compile(Grammar grammar, Set<Integer> markers) {
        GrammarCache.Lookup found = cache(markers).get(grammar);
        return new Compiled(
                new GrammarConstraint(found.grammar()),
                found.hit(),
                found.grammar().states());
    }

    /** Ids of the special tokens with these spellings. */
    public Set<Integer> markers(Collection<String> spellings) {
        Set<Integer> ids = new TreeSet<>();
        for (String spelling : spellings) {
            if (tokenizer.controlTokens().contains(spelling)) {
                int[] encoded = tokenizer.encode(spelling, false);
                if (encoded.length == 1 && tokenizer.isSpecial(encoded[0])) {
                    ids.add(encoded[0]);
                }
            }
        }
        return ids;
    }

    private synchronized GrammarCache cache(Set<Integer> markers) {
        return caches.computeIfAbsent(
                Set.copyOf(markers),
                spelled -> new GrammarCache(
                        TokenTrie.of(rows, tokenId -> bytes(tokenId, spelled), endOfTextIds), limits, cacheEntries));
    }

    private byte[] bytes(int tokenId, Set<Integer> spelled) {
        return spelled.contains(tokenId)
                ? tokenizer.token(tokenId).getBytes(StandardCharsets.UTF_8)
                : bytes(tokenId);
    }

    private byte[] bytes(int tokenId) {
        return tokenizer.has(tokenId) && !tokenizer.isSpecial(tokenId) ? tokenizer.bytes(tokenId) : new byte[0];
    }
}
