package io.vitrine.grammar.mask;

import java.util.ArrayList;
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

    /** One allowed token; end of text as often as all others together, so that walks end. */
    static int choose(List<Integer> allowed, TokenTrie trie, Random random) {
        List<Integer> ends = allowed.stream().filter(trie::isEndOfText).toList();
        if (!ends.isEmpty() && (ends.size() == allowed.size() || random.nextInt(4) == 0)) {
            return ends.get(random.nextInt(ends.size()));
        }
        List<Integer> others = allowed.stream().filter(token -> !trie.isEndOfText(token)).toList();
        return others.get(random.nextInt(others.size()));
    }
}
