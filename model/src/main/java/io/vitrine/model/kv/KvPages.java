package io.vitrine.model.kv;

import java.util.Arrays;

/**
 * Counts who holds which KV page: pages of a fixed number of positions, each with a reference count. Ids are
 * {@code 0 .. pageCount - 1}; a page is free while its count is 0. Arithmetic only: the tensors are the runner's. One thread.
 */
public final class KvPages {

    private final int pagePositions;
    private final long pageBytes;
    private final int[] references;
    /** A stack of the free ids: the page given back last is given out next, while it may still be in the CPU's cache. */
    private final int[] free;

    private int freeCount;

    /**
     * All pages free.
     *
     * @param pageCount pages there are
     * @param pagePositions positions a page holds
     * @param pageBytes bytes of a page, all layers
     */
    public KvPages(int pageCount, int pagePositions, long pageBytes) {
        requirePositive("pageCount", pageCount);
        requirePositive("pagePositions", pagePositions);
        requirePositive("pageBytes", pageBytes);
        this.pagePositions = pagePositions;
        this.pageBytes = pageBytes;
        this.references = new int[pageCount];
        this.free = new int[pageCount];
        this.freeCount = pageCount;
        // Lowest id on top, so that a small load stays at the beginning of the cache.
        Arrays.setAll(free, index -> pageCount - 1 - index);
    }

    /** Pages that {@code positions} positions take. */
    public int pagesFor(int positions) {
        if (positions < 0) {
            throw new IllegalArgumentException("positions must be >= 0: " + positions);
        }
        return (int) (((long) positions + pagePositions - 1) / pagePositions);
    }

    /**
     * Takes {@code count} free pages, each with one reference.
     *
     * @throws IllegalStateException if fewer are free: the caller looks first; nothing is changed
     */
    public int[] allocate(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be >= 0: " + count);
        }
        if (count > freeCount) {
            throw new IllegalStateException("asked for " + count + " pages, " + freeCount + " are free");
        }
        int[] pages = new int[count];
        for (int i = 0; i < count; i++) {
            int page = free[--freeCount];
            references[page] = 1;
            pages[i] = page;
        }
        return pages;
    }

    /**
     * Adds a reference: one more sequence reads the page.
     *
     * @throws IllegalStateException if the page is free
     */
    public void retain(int page) {
        requireUsed(page);
        references[page]++;
    }

    /**
     * Takes a reference back; with the last one the page is free.
     *
     * @throws IllegalStateException if the page is free already
     */
    public void release(int page) {
        requireUsed(page);
        references[page]--;
        if (references[page] == 0) {
            free[freeCount++] = page;
        }
    }

    /** References to a page; 0 for a free one. */
    public int referenceCount(int page) {
        requireKnown(page);
        return references[page];
    }

    /** Pages nobody holds. */
    public int freeCount() {
        return freeCount;
    }

    /** Pages somebody holds; a shared page counts once. */
    public int usedCount() {
        return references.length - freeCount;
    }

    /** Pages there are. */
    public int pageCount() {
        return references.length;
    }

    /** Positions a page holds. */
    public int pagePositions() {
        return pagePositions;
    }

    /** Bytes of a page, all layers. */
    public long pageBytes() {
        return pageBytes;
    }

    /** Bytes of the pages somebody holds. */
    public long usedBytes() {
        return usedCount() * pageBytes;
    }

    private void requireUsed(int page) {
        requireKnown(page);
        if (references[page] == 0) {
            throw new IllegalStateException("page " + page + " is free");
        }
    }

    private void requireKnown(int page) {
        if (page < 0 || page >= references.length) {
            throw new IllegalArgumentException("page must be in 0 .. " + (references.length - 1) + ": " + page);
        }
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be >= 1: " + value);
        }
    }
}
