package io.vitrine.grammar.mask;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random walks: tokens chosen evenly among the allowed. */
final class RandomText {

    private RandomText() {}

    static List<Integer> allowed(Matcher matcher, TokenTrie trie) {
        long[] bits = new long[trie.maskWords()];
        matcher.mask(bits);
        List<Integer> tokens = new ArrayList<>();
        for (int token = 0; token < trie.size(); token++) {
            if (TokenBits.contains(bits, token)) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    /** One allowed token; an end-of-text token in one of four cases, so that walks end. */
    static int choose(List<Integer> allowed, TokenTrie trie, Random random) {
        List<Integer> ends = new ArrayList<>();
        for (int end : trie.endOfText()) {
            if (Collections.binarySearch(allowed, end) >= 0) {
                ends.add(end);
            }
        }
        if (!ends.isEmpty() && (ends.size() == allowed.size() || random.nextInt(4) == 0)) {
            return ends.get(random.nextInt(ends.size()));
        }
        int token = allowed.get(random.nextInt(allowed.size()));
        while (trie.isEndOfText(token)) {
            token = allowed.get(random.nextInt(allowed.size()));
        }
        return token;
    }
}
