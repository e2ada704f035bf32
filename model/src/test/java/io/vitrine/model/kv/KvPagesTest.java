package io.vitrine.model.kv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class KvPagesTest {

    private final KvPages pages = new KvPages(4, 16, 1024);

    @Test
    void startsWithEveryPageFree() {
        assertThat(pages.pageCount()).isEqualTo(4);
        assertThat(pages.freeCount()).isEqualTo(4);
        assertThat(pages.usedCount()).isZero();
        assertThat(pages.usedBytes()).isZero();
    }

    @Test
    void roundsPositionsUpToWholePages() {
        assertThat(pages.pagesFor(0)).isZero();
        assertThat(pages.pagesFor(1)).isEqualTo(1);
        assertThat(pages.pagesFor(16)).isEqualTo(1);
        assertThat(pages.pagesFor(17)).isEqualTo(2);
        assertThat(pages.pagesFor(Integer.MAX_VALUE)).isEqualTo(1 << 27);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pages.pagesFor(-1))
                .withMessage("positions must be >= 0: -1");
    }

    @Test
    void givesOutEachPageOnce() {
        assertThat(pages.allocate(1)).containsExactly(0);
        assertThat(pages.allocate(3)).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(pages.usedCount()).isEqualTo(4);
        assertThat(pages.usedBytes()).isEqualTo(4096);
        assertThat(pages.freeCount()).isZero();
    }

    @Test
    void changesNothingWhenTooFewPagesAreFree() {
        pages.allocate(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> pages.allocate(3))
                .withMessage("asked for 3 pages, 2 are free");
        assertThat(pages.freeCount()).isEqualTo(2);
        assertThat(pages.allocate(2)).hasSize(2);
    }

    @Test
    void keepsASharedPageUntilTheLastReferenceIsGone() {
        int page = pages.allocate(1)[0];
        pages.retain(page);
        assertThat(pages.referenceCount(page)).isEqualTo(2);
        assertThat(pages.usedCount()).isEqualTo(1);

        pages.release(page);
        assertThat(pages.usedCount()).isEqualTo(1);
        pages.release(page);
        assertThat(pages.usedCount()).isZero();
        assertThat(pages.referenceCount(page)).isZero();
    }

    @Test
    void refusesToReleaseAPageTwice() {
        int page = pages.allocate(1)[0];
        pages.release(page);
        assertThatIllegalStateException().isThrownBy(() -> pages.release(page)).withMessage("page 0 is free");
        assertThat(pages.freeCount()).isEqualTo(4);
    }

    @Test
    void refusesToRetainAFreePage() {
        assertThatIllegalStateException().isThrownBy(() -> pages.retain(2)).withMessage("page 2 is free");
    }

    @Test
    void refusesAPageThatIsNot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pages.release(4))
                .withMessage("page must be in 0 .. 3: 4");
        assertThatIllegalArgumentException().isThrownBy(() -> pages.retain(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> pages.referenceCount(4));
    }

    @Test
    void refusesSizesBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvPages(0, 1, 1))
                .withMessage("pageCount must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvPages(1, 0, 1))
                .withMessage("pagePositions must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KvPages(1, 1, 0))
                .withMessage("pageBytes must be >= 1: 0");
        assertThatIllegalArgumentException().isThrownBy(() -> pages.allocate(-1));
    }

    @Test
    void countsLikeAMapOfReferences() {
        var random = new SplittableRandom(7);
        var kv = new KvPages(9, 4, 10);
        Map<Integer, Integer> oracle = new HashMap<>();
        List<Integer> held = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int choice = random.nextInt(3);
            if (choice == 0 && kv.freeCount() > 0) {
                int page = kv.allocate(1)[0];
                assertThat(oracle).doesNotContainKey(page);
                oracle.put(page, 1);
                held.add(page);
            } else if (choice == 1 && !held.isEmpty()) {
                int page = held.get(random.nextInt(held.size()));
                kv.retain(page);
                oracle.merge(page, 1, Integer::sum);
                held.add(page);
            } else if (!held.isEmpty()) {
                int page = held.remove(random.nextInt(held.size()));
                kv.release(page);
                oracle.computeIfPresent(page, (id, count) -> count == 1 ? null : count - 1);
            }
            assertThat(kv.usedCount()).isEqualTo(oracle.size());
            assertThat(kv.usedBytes()).isEqualTo(oracle.size() * 10L);
            oracle.forEach((page, count) -> assertThat(kv.referenceCount(page)).isEqualTo(count));
        }
    }
}
