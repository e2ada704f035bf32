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
    private final int capacity;
    private final long maxBytes;
    /** The least recently used first. */
    private final Map<String, CompletableFuture<CompiledGrammar>> grammars = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * @param capacity most grammars kept
     * @param maxBytes most memory of them together, by {@link CompiledGrammar#bytes}; the last used one is kept anyway
     */
    public GrammarCache(TokenTrie trie, GrammarLimits limits, int capacity, long maxBytes) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be >= 1: " + capacity);
        }
        this.trie = trie;
        this.limits = limits;
        this.capacity = capacity;
        this.maxBytes = maxBytes;
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
            evict();
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

    /** Grammars grow while they are used, so all are asked each time. Holds the lock of the map. */
    private void evict() {
        long bytes = grammars.values().stream().mapToLong(GrammarCache::bytes).sum();
        var eldest = grammars.values().iterator();
        while (grammars.size() > capacity || (bytes > maxBytes && grammars.size() > 1)) {
            bytes -= bytes(eldest.next());
            eldest.remove();
        }
    }

    private static long bytes(CompletableFuture<CompiledGrammar> entry) {
        return entry.isDone() && !entry.isCompletedExceptionally()
                ? entry.join().bytes()
                : 0;
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
