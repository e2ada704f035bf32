package io.vitrine.model.kv;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Remembers which KV pages hold the beginnings of prompts, so that a request that begins the same reads them instead of
 * computing them again. Arithmetic only: no tensor is touched, a page is shared by one more reference to it. One thread.
 *
 * <p>A page is known by its tokens, the page before it, and at the beginning of the chain a salt: requests share pages only if
 * they have the same salt, so that no tenant can learn by timing what another one asked. The hash of all this only finds the
 * page; tokens are kept and compared, so two prompts whose hashes collide never get each other's pages.
 *
 * <p>Only full pages of prompts, computed as prompts are, belong here. A page of the answer holds the same tokens but was
 * computed one token a step, which differs in the last bits; an answer must not depend on who ran before.
 *
 * <p>The cache has a reference of its own to each of its pages. A page that nobody else holds is <em>idle</em>: it stays until
 * its room is needed, and the page idle for longest goes first. A sequence holds a chain from the beginning and lets go of it
 * from the end, so the pages after an idle one are idle too, and have been for longer: a page never goes before those that
 * can only be reached through it.
 */
public final class PrefixCache {

    /** Hash of a page's tokens, {@code from} to {@code to}, after a chain of pages with hash {@code before}. */
    @FunctionalInterface
    interface ChainHash {
        long of(long before, int[] tokens, int from, int to);
    }

    private final KvPages pages;
    private final int maxPages;
    private final ChainHash chainHash;
    private final Map<Node, Node> nodes = new HashMap<>();
    /** Longest idle first. */
    private final Set<Node> idle = new LinkedHashSet<>();

    private long evictedCount;

    /**
     * Empty.
     *
     * @param pages whose references it counts
     * @param maxBytes most bytes of pages it may hold, shared ones included; below one page it is off
     */
    public PrefixCache(KvPages pages, long maxBytes) {
        this(pages, maxBytes, PrefixCache::mix);
    }

    PrefixCache(KvPages pages, long maxBytes, ChainHash chainHash) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes must be >= 0: " + maxBytes);
        }
        this.pages = pages;
        this.maxPages = (int) Math.min(pages.pageCount(), maxBytes / pages.pageBytes());
        this.chainHash = chainHash;
    }

    private static long mix(long before, int[] tokens, int from, int to) {
        long hash = before;
        for (int i = from; i < to; i++) {
            hash = (hash ^ tokens[i]) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        return hash;
    }

    /** Whether it may hold a page at all. */
    public boolean enabled() {
        return maxPages > 0;
    }

    /** Pages it holds, shared ones included. */
    public int size() {
        return nodes.size();
    }

    /** Pages that only the cache holds; {@link #evictOldest} can free every one of them. */
    public int idleCount() {
        return idle.size();
    }

    /** Pages evicted so far. */
    public long evictedCount() {
        return evictedCount;
    }

    /**
     * Frees the page that has been idle for longest.
     *
     * @return false if none is idle
     */
    public boolean evictOldest() {
        if (idle.isEmpty()) {
            return false;
        }
        Node oldest = idle.iterator().next();
        idle.remove(oldest);
        nodes.remove(oldest);
        pages.release(oldest.page);
        evictedCount++;
        return true;
    }

    /**
     * A chain of no page yet, for one prompt.
     *
     * @param salt requests with another one share nothing
     * @param promptTokens not copied; must not change
     */
    public Chain chain(String salt, int[] promptTokens) {
        return new Chain(salt, promptTokens);
    }

    /** A page in the cache. Equal to another one if it holds the same tokens after the same pages. */
    private static final class Node {
        private final @Nullable Node parent;
        private final String salt;
        private final int[] tokens;
        private final long hash;
        private final int page;
        private boolean forgotten;

        Node(@Nullable Node parent, String salt, int[] tokens, long hash, int page) {
            this.parent = parent;
            this.salt = salt;
            this.tokens = tokens;
            this.hash = hash;
            this.page = page;
        }

        /** Parents are told apart by identity: there is one node for each content, and it outlives its children. */
        @Override
        public boolean equals(@Nullable Object object) {
            return object instanceof Node other
                    && parent == other.parent
                    && hash == other.hash
                    && salt.equals(other.salt)
                    && Arrays.equals(tokens, other.tokens);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(hash);
        }
    }

    /**
     * The leading pages of one prompt that the cache has, as its sequence holds them: a reference to each, until
     * {@link #release}.
     */
    public final class Chain {

        private final String salt;
        private final int[] prompt;
        private @Nullable Node last;
        private int pageCount;

        private Chain(String salt, int[] prompt) {
            this.salt = salt;
            this.prompt = prompt;
        }

        /** Pages held. */
        public int pageCount() {
            return pageCount;
        }

        /**
         * Id of the last page held.
         *
         * @throws IllegalStateException if none is
         */
        public int lastPage() {
            if (last == null) {
                throw new IllegalStateException("the chain has no page");
            }
            return last.page;
        }

        /** Most pages that may be taken: the last token of a prompt is always computed, for the logits after it. */
        public int takeablePages() {
            return (prompt.length - 1) / pages.pagePositions();
        }

        /** Takes the prompt's next page from the cache and holds it, if it is there; {@link #lastPage} is then its id. */
        public boolean takeNext() {
            if (pageCount == takeablePages() || nodes.isEmpty()) {
                return false;
            }
            Node known = nodes.get(next(-1));
            if (known == null) {
                return false;
            }
            hold(known);
            return true;
        }

        /**
         * Puts the prompt's next page into the cache, evicting an idle one if there is no room. If another sequence has put
         * the same page already, that one is held instead and the caller's reference to {@code page} is given back: look at
         * {@link #lastPage}.
         *
         * @param page held by the caller and computed to its end, as prompts are
         * @return false if there is no room; nothing is changed then
         * @throws IllegalStateException if the prompt has no further full page
         */
        public boolean putNext(int page) {
            if (pageCount == prompt.length / pages.pagePositions()) {
                throw new IllegalStateException("the prompt has no full page after " + pageCount);
            }
            Node node = next(page);
            Node known = nodes.get(node);
            if (known != null) {
                hold(known);
                pages.release(page);
                return true;
            }
            if (nodes.size() >= maxPages && !evictOldest()) {
                return false;
            }
            pages.retain(page);
            nodes.put(node, node);
            last = node;
            pageCount++;
            return true;
        }

        /** What the next page is looked up by, and would be if it were put. */
        private Node next(int page) {
            int from = pageCount * pages.pagePositions();
            int to = from + pages.pagePositions();
            long before = last == null ? salt.hashCode() : last.hash;
            long hash = chainHash.of(before, prompt, from, to);
            return new Node(last, salt, Arrays.copyOfRange(prompt, from, to), hash, page);
        }

        private void hold(Node node) {
            pages.retain(node.page);
            idle.remove(node);
            last = node;
            pageCount++;
        }

        /** Writes the ids of the pages held, in order, to the beginning of {@code target}. */
        public void copyTo(int[] target) {
            int index = pageCount;
            for (Node node = last; node != null; node = node.parent) {
                target[--index] = node.page;
            }
        }

        /**
         * Takes the pages held out of the cache: no other chain will find them, nor those that follow them. Whoever
         * holds them
         * keeps them until it gives them back.
         */
        public void forget() {
            for (Node node = last; node != null; node = node.parent) {
                if (!node.forgotten) {
                    node.forgotten = true;
                    nodes.remove(node);
                    pages.release(node.page);
                }
            }
        }

        /** Gives every page back, the last one first; the chain is empty then. */
        public void release() {
            for (Node node = last; node != null; node = node.parent) {
                pages.release(node.page);
                if (!node.forgotten && pages.referenceCount(node.page) == 1) {
                    idle.add(node);
                }
            }
            last = null;
            pageCount = 0;
        }
    }
}
