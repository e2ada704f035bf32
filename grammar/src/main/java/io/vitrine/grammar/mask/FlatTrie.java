package io.vitrine.grammar.mask;

import java.util.Arrays;
import java.util.List;

import io.vitrine.grammar.cfg.Configuration;

/**
 * Tokens as a trie of their bytes, flat in depth-first order: a walk reads the arrays from front to back and jumps
 * over the subtree of a byte that is not allowed.
 */
final class FlatTrie {

    private static final int NO_TOKEN = -1;

    private final byte[] labels;
    private final short[] depths;
    private final int[] subtreeEnds;
    private final int[] tokens;
    private final int maxDepth;

    /** Takes a token that the walk reaches. */
    @FunctionalInterface
    interface Visitor {
        void visit(int token);
    }

    /** One token of its own bytes. */
    record Entry(byte[] bytes, int token) {}

    /** @param sorted by bytes, without duplicates, none empty */
    private FlatTrie(List<Entry> sorted) {
        int size = 0;
        int deepest = 0;
        byte[] previous = {};
        for (Entry entry : sorted) {
            size += entry.bytes.length - shared(previous, entry.bytes);
            deepest = Math.max(deepest, entry.bytes.length);
            previous = entry.bytes;
        }
        labels = new byte[size];
        depths = new short[size];
        subtreeEnds = new int[size];
        tokens = new int[size];
        maxDepth = deepest;
        fill(sorted);
    }

    static FlatTrie of(List<Entry> entries) {
        return new FlatTrie(entries.stream()
                .sorted((a, b) -> Arrays.compareUnsigned(a.bytes, b.bytes))
                .toList());
    }

    private void fill(List<Entry> sorted) {
        int[] open = new int[maxDepth];
        int next = 0;
        byte[] previous = {};
        for (Entry entry : sorted) {
            int shared = shared(previous, entry.bytes);
            for (int depth = shared; depth < previous.length; depth++) {
                subtreeEnds[open[depth]] = next;
            }
            for (int depth = shared; depth < entry.bytes.length; depth++) {
                open[depth] = next;
                labels[next] = entry.bytes[depth];
                depths[next] = (short) depth;
                tokens[next++] = NO_TOKEN;
            }
            tokens[next - 1] = entry.token;
            previous = entry.bytes;
        }
        for (int depth = 0; depth < previous.length; depth++) {
            subtreeEnds[open[depth]] = next;
        }
    }

    private static int shared(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    int size() {
        return labels.length;
    }

    /** Visits each token whose bytes may follow. */
    void walk(Configuration start, Visitor visitor) {
        Configuration[] path = new Configuration[maxDepth + 1];
        path[0] = start;
        for (int i = 0; i < labels.length; ) {
            int depth = depths[i];
            Configuration next = path[depth].next(labels[i] & 0xFF);
            if (next.isDead()) {
                i = subtreeEnds[i];
            } else {
                if (tokens[i] != NO_TOKEN) {
                    visitor.visit(tokens[i]);
                }
                path[depth + 1] = next;
                i++;
            }
        }
    }

    /** Whether some token begins with these bytes and goes on. */
    boolean continuesBeyond(byte[] bytes, int from) {
        int depth = 0;
        for (int i = 0; i < labels.length && depth == depths[i]; ) {
            if (labels[i] != bytes[from + depth]) {
                i = subtreeEnds[i];
            } else if (from + depth + 1 == bytes.length) {
                return subtreeEnds[i] > i + 1;
            } else {
                depth++;
                i++;
            }
        }
        return false;
    }
}
