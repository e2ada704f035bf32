package io.vitrine.model.engine;

import io.vitrine.model.engine.StepReport.CacheCounts;
import io.vitrine.model.kv.KvPages;
import io.vitrine.model.kv.PrefixCache;

/**
 * Gives KV pages to sequences and takes them back: from the prefix cache where it has them, free ones otherwise, and pages
 * that only the cache holds when none is free. Engine thread only, except where it says otherwise.
 */
final class PageSupply {

    /** Copies the first positions of a page to another one. */
    @FunctionalInterface
    interface PageCopy {
        void copy(int source, int target, int positions);
    }

    private final KvPages pages;
    private final PrefixCache cache;
    private final PageCopy copy;
    private int hitPages;
    private int missedPages;
    private long reportedEvictions;

    PageSupply(KvPages pages, PrefixCache cache, PageCopy copy) {
        this.pages = pages;
        this.cache = cache;
        this.copy = copy;
    }

    /** Whether the sequence could run to its end if it were alone. Any thread: reads only what never changes. */
    boolean fits(Sequence sequence) {
        return pages.pagesFor(sequence.positionsAtWorst()) <= pages.pageCount();
    }

    /**
     * Gives a sequence what it needs to begin: the pages of its prompt that the cache has, and free ones for the rest of its
     * tokens so far and the next.
     *
     * @param reserve pages that must be left for others
     * @return false if there are too few; it has none then
     */
    boolean begin(Sequence sequence, int reserve) {
        if (available() <= reserve) {
            return false; // without looking at its tokens
        }
        PrefixCache.Chain chain =
                cache.chain(sequence.request().cacheSalt(), sequence.request().sharedPromptTokens());
        while (chain.takeNext()) {
            // As far as the cache knows the prompt.
        }
        int[] all = new int[pages.pagesFor(sequence.positionsToBegin())];
        int ownCount = all.length - chain.pageCount();
        if (available() - reserve < ownCount) {
            chain.release();
            return false;
        }
        chain.copyTo(all);
        System.arraycopy(allocate(ownCount), 0, all, chain.pageCount(), ownCount);
        sequence.begin(chain, all);
        countHits(sequence, chain.pageCount());
        return true;
    }

    private int countHits(Sequence sequence, int pageCount) {
        hitPages += pageCount;
        return sequence.takeFromCache(sequence.chain().pageCount() * pages.pagePositions());
    }

    /** Pages that are free or can be made so. */
    private int available() {
        return pages.freeCount() + cache.idleCount();
    }

    private int[] allocate(int count) {
        while (pages.freeCount() < count && cache.evictOldest()) {
            // Goes on until enough are free; allocate says so if they are not.
        }
        return pages.allocate(count);
    }

    /** Gives a sequence the page of its next position, if it lacks it; false if there is none to give. */
    boolean grow(Sequence sequence) {
        if (sequence.computedCount() < sequence.pageCount() * pages.pagePositions()) {
            return true;
        }
        if (available() == 0) {
            return false;
        }
        sequence.addPage(allocate(1)[0]);
        return true;
    }

    /** Tokens that a decoding sequence can compute after its next one with the pages it has. */
    int roomAhead(Sequence sequence) {
        return sequence.roomAhead(pages.pagePositions());
    }

    /**
     * Takes further pages of a prompt from the cache, which others have put there since it began; its own ones in their place,
     * half computed perhaps, are given back.
     *
     * @return tokens that need not be computed
     */
    int catchUp(Sequence sequence) {
        PrefixCache.Chain chain = sequence.chain();
        int before = chain.pageCount();
        if (before != sequence.computedCount() / pages.pagePositions()) {
            return 0; // the cache had no room for an earlier page of this prompt, and knows the later ones by it
        }
        while (chain.takeNext()) {
            pages.release(sequence.replacePage(chain.pageCount() - 1, chain.lastPage()));
        }
        return chain.pageCount() == before ? 0 : countHits(sequence, chain.pageCount() - before);
    }

    /**
     * Copies what a running sequence has computed of the same prompt, beyond the whole pages that are shared: the last,
     * partial page,
     * and those for which the cache has no room.
     *
     * @param positions that both prompts begin with alike; all are computed as prompts are
     * @return tokens that need not be computed
     */
    int copyFrom(Sequence leader, Sequence sequence, int positions) {
        if (positions <= sequence.computedCount()) {
            return 0;
        }
        for (int index = sequence.computedCount() / pages.pagePositions();
                index * pages.pagePositions() < positions;
                index++) {
            int count = Math.min(pages.pagePositions(), positions - index * pages.pagePositions());
            copy.copy(leader.page(index), sequence.page(index), count);
        }
        return sequence.takeFromCache(positions);
    }

    /**
     * Puts the full pages of a prompt into the cache, as far as it is computed: now others may share them.
     *
     * @param from first position computed by the step
     */
    void promptComputed(Sequence sequence, int from) {
        if (!cache.enabled()) {
            return;
        }
        PrefixCache.Chain chain = sequence.chain();
        int fullPages = sequence.computedCount() / pages.pagePositions();
        missedPages += Math.max(0, Math.min(fullPages, chain.takeablePages()) - from / pages.pagePositions());
        while (chain.pageCount() < fullPages && chain.putNext(sequence.page(chain.pageCount()))) {
            sequence.replacePage(chain.pageCount() - 1, chain.lastPage());
        }
    }

    /** Takes every page of a sequence back; those of its chain stay in the cache. */
    void release(Sequence sequence) {
        int sharedCount = sequence.chain().pageCount();
        int[] left = sequence.leave();
        for (int i = left.length - 1; i >= sharedCount; i--) {
            pages.release(left[i]);
        }
        sequence.chain().release();
    }

    /** Bytes of the pages that a sequence holds; of one that several hold, an equal part. */
    long heldBytes(Sequence sequence) {
        int sharedCount = sequence.chain().pageCount();
        long bytes = (sequence.pageCount() - sharedCount) * pages.pageBytes();
        for (int i = 0; i < sharedCount; i++) {
            // One reference is the cache's, which nobody is charged for; it has none to a page that it forgot.
            bytes += pages.pageBytes() / Math.max(1, pages.referenceCount(sequence.page(i)) - 1);
        }
        return bytes;
    }

    /** Pages that sequences hold; a shared one counts once. */
    int usedCount() {
        return pages.usedCount() - cache.idleCount();
    }

    /** Pages that the cache holds, whether sequences hold them too or not. */
    int cachedCount() {
        return cache.size();
    }

    /** What happened to pages since the last call. */
    CacheCounts takeCounts() {
        long evicted = cache.evictedCount() - reportedEvictions;
        if (hitPages == 0 && missedPages == 0 && evicted == 0) {
            return CacheCounts.NONE;
        }
        var counts = new CacheCounts(hitPages, missedPages, (int) evicted);
        hitPages = 0;
        missedPages = 0;
        reportedEvictions += evicted;
        return counts;
    }
}
