package io.vitrine.grammar;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.vitrine.grammar.mask.CompiledGrammar;
import io.vitrine.grammar.mask.TokenTrie;

/**
 * Compiled grammars of one vocabulary by the hash of their constraint, the least recently used evicted first.
 * Thread-safe: callers that ask for the same constraint at the same time share one compilation, which runs on the
 * first caller's thread. Failures are not kept.
 */
public final class GrammarCache {

    private final TokenTrie trie;
    private final GrammarLimits limits;
    private final Map<String, CompletableFuture<CompiledGrammar>> grammars;

    /** @param capacity most grammars kept */
    public GrammarCache(TokenTrie trie, GrammarLimits limits, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be >= 1: " + capacity);
        }
        this.trie = trie;
        this.limits = limits;
        this.grammars = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, CompletableFuture<CompiledGrammar>> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * What was found.
     *
     * @param hit whether the grammar was compiled before, or is by another caller
     */
    public record Lookup(CompiledGrammar grammar, boolean hit) {}

    /**
     * The compiled form of a grammar; waits while another caller compiles it.
     *
     * @throws GrammarException if the constraint cannot be compiled
     */
    public Lookup get(Grammar grammar) {
        CompletableFuture<CompiledGrammar> own = new CompletableFuture<>();
        CompletableFuture<CompiledGrammar> entry;
        synchronized (grammars) {
            CompletableFuture<CompiledGrammar> known = grammars.get(grammar.key());
            entry = known == null || (known.isDone() && known.join().isExhausted()) ? own : known;
            grammars.put(grammar.key(), entry);
        }
        if (entry != own) {
            return new Lookup(await(entry), true);
        }
        try {
            own.complete(grammar.compile(trie, limits));
        } catch (RuntimeException | Error e) {
            synchronized (grammars) {
                grammars.remove(grammar.key(), own);
            }
            own.completeExceptionally(e);
        }
        return new Lookup(await(own), false);
    }

    /** How many grammars are kept. */
    public int size() {
        synchronized (grammars) {
            return grammars.size();
        }
    }

    private static CompiledGrammar await(CompletableFuture<CompiledGrammar> entry) {
        try {
            return entry.join();
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof GrammarException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
