package io.vitrine.model.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The merges of a SentencePiece BPE vocabulary, which writes down only the score of each piece.
 *
 * <p>SentencePiece joins, again and again, the two neighbours whose joint piece has the best score. That is BPE with this
 * merge list: every way to cut a piece into two pieces, the pieces in order of score. The cuts of one piece all have its
 * score; their order (shorter left part first) matters only where a piece overlaps itself, and is the one that the
 * converters of Hugging Face's libraries use.
 */
final class SentencePieceMerges {

    private record Merge(String left, String right, float score) {}

    private static final Comparator<Merge> BEST_FIRST = Comparator.comparing(Merge::score, Comparator.reverseOrder())
            .thenComparing(merge -> codePoints(merge.left()))
            .thenComparing(merge -> codePoints(merge.right()));

    private SentencePieceMerges() {}

    /**
     * Pairs of pieces, best first.
     *
     * @param scores one a token of the vocabulary
     */
    static List<List<String>> of(GgufVocabulary vocabulary, float[] scores) {
        Map<String, Float> pieces = new HashMap<>();
        for (int id = 0; id < scores.length; id++) {
            if (vocabulary.isNormal(id)) {
                pieces.put(vocabulary.tokens().get(id), scores[id]);
            }
        }
        List<Merge> merges = new ArrayList<>();
        pieces.forEach((piece, score) -> addCuts(piece, score, pieces, merges));
        merges.sort(BEST_FIRST.thenComparing(Merge::left)); // the last for one order on every run
        return merges.stream()
                .map(merge -> List.of(merge.left(), merge.right()))
                .toList();
    }

    private static void addCuts(String piece, float score, Map<String, Float> pieces, List<Merge> merges) {
        for (int cut = 1; cut < piece.length(); cut++) {
            String left = piece.substring(0, cut);
            String right = piece.substring(cut);
            if (pieces.containsKey(left) && pieces.containsKey(right)) {
                merges.add(new Merge(left, right, score));
            }
        }
    }

    private static int codePoints(String piece) {
        return piece.codePointCount(0, piece.length());
    }
}
