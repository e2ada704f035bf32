package io.vitrine.alerting.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Stream;

/** Finds the known word with the smallest edit distance to an unknown one, for error messages. */
public final class Nearest {

    private Nearest() {}

    /** The nearest of the known words, of which there is at least one; of several the shortest. */
    public static String to(String unknown, Stream<String> known) {
        return known.sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .min(Comparator.comparingInt(word -> cost(unknown, word)))
                .orElseThrow();
    }

    /** The same as the end of an error message; empty if no word is known. */
    public static String hint(String unknown, Collection<String> known) {
        return known.isEmpty() ? "" : "; did you mean " + to(unknown, known.stream()) + "?";
    }

    /** A forgotten group, {@code slots} for {@code engine.slots}, counts as one edit. */
    private static int cost(String unknown, String word) {
        String withoutGroup = word.substring(word.lastIndexOf('.') + 1);
        return Math.min(distance(unknown, word), 1 + distance(unknown, withoutGroup));
    }

    /** Levenshtein's: insertions, deletions and replacements from one to the other. */
    static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, 1 + Math.min(above[column], current[column - 1]));
            }
            above = current;
        }
        return above[to.length()];
    }
}
