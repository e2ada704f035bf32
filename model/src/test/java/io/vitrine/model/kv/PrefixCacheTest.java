package io.vitrine.model.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

import io.vitrine.model.kv.PrefixCache.Chain;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class PrefixCacheTest {

    /** Of 2 positions and 10 bytes each. */
    private final KvPages pages = new KvPages(8, 2, 10);

    private final PrefixCache cache = new PrefixCache(pages, 1000);

    @Test
    void givesThePagesOfAPromptToTheNextThatBeginsTheSame() {
        List<Integer> first = compute(cache, "", 1, 2, 3, 4, 5);
        Chain chain = cache.chain("", new int[] {1, 2, 3, 4, 9});
        assertThat(take(chain)).isEqualTo(first).hasSize(2);
        assertThat(take(cache.chain("", new int[] {1, 2, 9, 4, 5}))).isEqualTo(first.subList(0, 1));
        assertThat(take(cache.chain("", new int[] {9, 2, 3, 4, 5}))).isEmpty();
        int[] copy = new int[3];
        chain.copyTo(copy);
        assertThat(copy).startsWith(first.get(0), first.get(1));
    }

    @Test
    void leavesTheLastTokenOfAPromptToCompute() {
        compute(cache, "", 1, 2, 3, 4);
        assertThat(cache.size()).isEqualTo(2);
        assertThat(take(cache.chain("", new int[] {1, 2, 3, 4}))).hasSize(1);
        assertThat(take(cache.chain("", new int[] {1, 2, 3}))).hasSize(1);
        assertThat(take(cache.chain("", new int[] {1, 2}))).isEmpty();
        assertThat(take(cache.chain("", new int[] {1}))).isEmpty();
        assertThat(take(cache.chain("", new int[] {1, 2, 3, 4, 5}))).hasSize(2);
    }

    @Test
    void keepsSaltsApart() {
        compute(cache, "one", 1, 2, 3);
        assertThat(take(cache.chain("two", new int[] {1, 2, 3}))).isEmpty();
        assertThat(take(cache.chain("", new int[] {1, 2, 3}))).isEmpty();
        assertThat(take(cache.chain("one", new int[] {1, 2, 3}))).hasSize(1);
    }

    @Test
    void theSameTokensAfterOthersAreAnotherPage() {
        compute(cache, "", 1, 2, 7, 8, 0);
        assertThat(take(cache.chain("", new int[] {7, 8, 0}))).isEmpty();
        compute(cache, "", 3, 4, 0);
        assertThat(take(cache.chain("", new int[] {3, 4, 7, 8, 0}))).hasSize(1);
    }

    /** Everything has the same hash: only tokens, parents and salts tell pages apart. */
    @Test
    void neverGivesAWrongPageWhateverCollides() {
        var colliding = new PrefixCache(pages, 1000, (before, tokens, from, to) -> 42);
        List<Integer> one = compute(colliding, "", 1, 2, 3, 4, 0);
        List<Integer> two = compute(colliding, "", 5, 6, 3, 4, 0);
        List<Integer> salted = compute(colliding, "salt", 1, 2, 3, 4, 0);
        assertThat(colliding.size()).isEqualTo(6);
        assertThat(take(colliding.chain("", new int[] {1, 2, 3, 4, 0}))).isEqualTo(one);
        assertThat(take(colliding.chain("", new int[] {5, 6, 3, 4, 0}))).isEqualTo(two);
        assertThat(take(colliding.chain("salt", new int[] {1, 2, 3, 4, 0}))).isEqualTo(salted);
        assertThat(take(colliding.chain("", new int[] {1, 2, 4, 3, 0}))).hasSize(1);
        assertThat(take(colliding.chain("other", new int[] {1, 2, 3, 4, 0}))).isEmpty();
    }

    @Test
    void aPageStaysWhileItIsHeld() {
        int page = pages.allocate(1)[0];
        Chain chain = cache.chain("", new int[] {1, 2, 3});
        assertThat(chain.putNext(page)).isTrue();
        assertThat(pages.referenceCount(page)).isEqualTo(2);
        assertThat(cache.idleCount()).isZero();
        assertThat(cache.evictOldest()).isFalse();
        chain.release();
        assertThat(pages.referenceCount(page)).isEqualTo(1);
        assertThat(cache.idleCount()).isEqualTo(1);
        assertThat(cache.evictOldest()).isTrue();
        assertThat(pages.usedCount()).isZero();
        assertThat(cache.evictedCount()).isEqualTo(1);
        assertThat(take(cache.chain("", new int[] {1, 2, 3}))).isEmpty();
    }

    @Test
    void aHeldPageIsSharedByReference() {
        int page = compute(cache, "", 1, 2, 3).get(0);
        Chain one = cache.chain("", new int[] {1, 2, 3});
        Chain two = cache.chain("", new int[] {1, 2, 4});
        assertThat(one.takeNext() && two.takeNext()).isTrue();
        assertThat(pages.referenceCount(page)).isEqualTo(3);
        assertThat(pages.usedCount()).isEqualTo(1);
        one.release();
        assertThat(cache.idleCount()).isZero();
        two.release();
        assertThat(cache.idleCount()).isEqualTo(1);
    }

    @Test
    void whoPutsAPageThatIsThereAlreadyHoldsThatOne() {
        Chain first = cache.chain("", new int[] {1, 2, 3});
        Chain second = cache.chain("", new int[] {1, 2, 3});
        int kept = pages.allocate(1)[0];
        int duplicate = pages.allocate(1)[0];
        first.putNext(kept);
        assertThat(second.putNext(duplicate)).isTrue();
        assertThat(second.lastPage()).isEqualTo(kept);
        assertThat(pages.referenceCount(duplicate)).isZero();
        assertThat(pages.referenceCount(kept)).isEqualTo(3);
        assertThat(cache.size()).isEqualTo(1);
    }

    @Test
    void evictsThePageThatIsIdleForLongest() {
        compute(cache, "", 1, 1, 0);
        compute(cache, "", 2, 2, 0);
        compute(cache, "", 3, 3, 0);
        assertThat(takeAndRelease(1, 1, 0)).isEqualTo(1);
        cache.evictOldest();
        assertThat(takeAndRelease(2, 2, 0)).isZero();
        // Looking does not count: 3 is the oldest now, then 1.
        cache.evictOldest();
        assertThat(takeAndRelease(3, 3, 0)).isZero();
        assertThat(takeAndRelease(1, 1, 0)).isEqualTo(1);
    }

    @Test
    void evictsAChainFromItsEnd() {
        compute(cache, "", 1, 2, 3, 4, 5, 6, 0);
        compute(cache, "", 1, 2, 7, 8, 0);
        List<Integer> left = new ArrayList<>();
        while (cache.evictOldest()) {
            left.add(10 * takeAndRelease(1, 2, 3, 4, 5, 6, 0) + takeAndRelease(1, 2, 7, 8, 0));
        }
        assertThat(left).containsExactly(22, 12, 11, 0);
    }

    @Test
    void holdsNoMoreBytesThanItMay() {
        var small = new PrefixCache(pages, 29);
        compute(small, "", 1, 1, 2, 2, 0);
        compute(small, "", 3, 3, 0);
        assertThat(small.size()).isEqualTo(2);
        assertThat(pages.usedBytes()).isEqualTo(20);
        assertThat(small.evictedCount()).isEqualTo(1);
        assertThat(take(small.chain("", new int[] {1, 1, 2, 2, 0}))).hasSize(1);
    }

    @Test
    void leavesAPageOutIfEveryOtherOneIsHeld() {
        var small = new PrefixCache(pages, 10);
        Chain holder = small.chain("", new int[] {1, 2, 3, 4, 5});
        assertThat(holder.putNext(pages.allocate(1)[0])).isTrue();
        int page = pages.allocate(1)[0];
        assertThat(holder.putNext(page)).isFalse();
        assertThat(holder.pageCount()).isEqualTo(1);
        assertThat(pages.referenceCount(page)).isEqualTo(1);
    }

    @Test
    void withoutRoomForAPageItIsOff() {
        var off = new PrefixCache(pages, 9);
        assertThat(off.enabled()).isFalse();
        assertThat(cache.enabled()).isTrue();
        Chain chain = off.chain("", new int[] {1, 2, 3});
        assertThat(chain.takeNext()).isFalse();
        assertThat(chain.putNext(pages.allocate(1)[0])).isFalse();
        chain.release();
        assertThat(pages.usedCount()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoFullPageOfThePrompt() {
        Chain chain = cache.chain("", new int[] {1, 2, 3});
        assertThatIllegalStateException().isThrownBy(chain::lastPage).withMessage("the chain has no page");
        chain.putNext(pages.allocate(1)[0]);
        int page = pages.allocate(1)[0];
        assertThatIllegalStateException()
                .isThrownBy(() -> chain.putNext(page))
                .withMessage("the prompt has no full page after 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrefixCache(pages, -1))
                .withMessage("maxBytes must be >= 0: -1");
    }

    /** Against a map from the tokens of whole beginnings to pages, most recently released last. */
    @Test
    void remembersLikeAMapOfWholeBeginnings() {
        for (int seed = 0; seed < 30; seed++) {
            compareWithMap(new SplittableRandom(seed));
        }
    }

    private static void compareWithMap(SplittableRandom random) {
        var kv = new KvPages(12, 2, 10);
        int most = 3 + random.nextInt(9);
        // Half of the hash's bits say nothing, so that some prompts collide.
        var real = new PrefixCache(kv, 10L * most, (before, tokens, from, to) -> (before + tokens[from]) & 3);
        Map<String, Integer> oracle = new LinkedHashMap<>();
        for (int round = 0; round < 2_000; round++) {
            int[] prompt = random.ints(1 + random.nextInt(7), 0, 3).toArray();
            String salt = random.nextBoolean() ? "s" : "t";
            Chain chain = real.chain(salt, prompt);
            int known = 0;
            while (known < (prompt.length - 1) / 2 && oracle.containsKey(beginning(salt, prompt, known + 1))) {
                known++;
            }
            assertThat(take(chain)).hasSize(known);
            for (int i = 0; i < known; i++) {
                assertThat(pageAt(chain, i)).isEqualTo(oracle.get(beginning(salt, prompt, i + 1)));
            }
            Map<String, Integer> held = new LinkedHashMap<>();
            for (int i = prompt.length / 2; i > 0; i--) {
                String key = beginning(salt, prompt, i);
                if (oracle.containsKey(key)) {
                    held.put(key, oracle.remove(key));
                }
            }
            putRest(kv, real, chain, salt, prompt, oracle, held, most);
            chain.release();
            // Released from the end: the longest beginning is the oldest.
            held.entrySet().stream()
                    .sorted((a, b) -> b.getKey().length() - a.getKey().length())
                    .forEach(entry -> oracle.put(entry.getKey(), entry.getValue()));
            assertThat(real.size()).isEqualTo(oracle.size()).isLessThanOrEqualTo(most);
            assertThat(kv.usedCount()).isEqualTo(real.size()).isEqualTo(real.idleCount());
            assertThat(new HashSet<>(oracle.values())).hasSize(oracle.size());
        }
    }

    /** Puts what is left of a prompt. What it holds is not in {@code oracle} meanwhile, so cannot be evicted. */
    private static void putRest(
            KvPages kv,
            PrefixCache real,
            Chain chain,
            String salt,
            int[] prompt,
            Map<String, Integer> oracle,
            Map<String, Integer> held,
            int most) {
        while (chain.pageCount() < prompt.length / 2) {
            if (kv.freeCount() == 0) {
                real.evictOldest();
                removeOldest(oracle);
            }
            int page = kv.allocate(1)[0];
            String key = beginning(salt, prompt, chain.pageCount() + 1);
            boolean there = held.containsKey(key);
            if (!there && oracle.size() + held.size() == most) {
                removeOldest(oracle);
            }
            assertThat(chain.putNext(page)).isTrue();
            if (there) {
                assertThat(chain.lastPage()).isEqualTo(held.get(key));
            } else {
                held.put(key, page);
            }
        }
    }

    private static void removeOldest(Map<String, Integer> oracle) {
        oracle.remove(oracle.keySet().iterator().next());
    }

    private static String beginning(String salt, int[] prompt, int pageCount) {
        return salt + Arrays.toString(Arrays.copyOf(prompt, 2 * pageCount));
    }

    private static int pageAt(Chain chain, int index) {
        int[] all = new int[chain.pageCount()];
        chain.copyTo(all);
        return all[index];
    }

    /** Computes a whole prompt and leaves; gives its full pages. */
    private List<Integer> compute(PrefixCache in, String salt, int... prompt) {
        Chain chain = in.chain(salt, prompt);
        List<Integer> all = new ArrayList<>(take(chain));
        Set<Integer> own = new HashSet<>();
        while (chain.pageCount() < prompt.length / 2) {
            int page = pages.allocate(1)[0];
            if (!chain.putNext(page)) {
                pages.release(page);
                break;
            }
            own.add(page);
            all.add(chain.lastPage());
        }
        assertThat(all).containsAll(own);
        chain.release();
        return all;
    }

    private static List<Integer> take(Chain chain) {
        List<Integer> taken = new ArrayList<>();
        while (chain.takeNext()) {
            taken.add(chain.lastPage());
        }
        assertThat(chain.pageCount()).isEqualTo(taken.size());
        return taken;
    }

    /** Pages found. */
    private int takeAndRelease(int... prompt) {
        Chain chain = cache.chain("", prompt);
        int count = take(chain).size();
        chain.release();
        return count;
    }
}
