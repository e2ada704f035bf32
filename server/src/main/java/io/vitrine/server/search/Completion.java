package io.vitrine.server.search;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.server.search.SearchKey.Corpus;

/**
 * What could stand at a place of a query.
 *
 * @param from first character that an item replaces
 * @param to character behind the last one
 */
public record Completion(int from, int to, List<Item> items) {

    private static final int MOST_ITEMS = 20;

    /**
     * A proposal.
     *
     * @param insert text to put there
     * @param kind {@code key} or {@code value}
     */
    public record Item(String insert, String kind, String detail) {}

    public Completion {
        items = List.copyOf(items);
    }

    /**
     * Proposes what may stand at the cursor.
     *
     * @param found counts of the values that a key had lately, asked for at most once
     */
    public static Completion of(String text, int cursor, Corpus corpus, Function<SearchKey, Map<String, Long>> found) {
        int end = Math.max(0, Math.min(cursor, text.length()));
        int start = end;
        while (start > 0 && !Character.isWhitespace(text.charAt(start - 1))) {
            start--;
        }
        int from = start < end && text.charAt(start) == '-' ? start + 1 : start;
        String term = text.substring(from, end);
        int sign = firstSign(term);
        if (sign < 0) {
            return new Completion(from, end, keys(term, corpus));
        }
        Optional<SearchKey> key = SearchKey.ofLabel(term.substring(0, sign), corpus);
        int valueStart = Math.max(lastSign(term), term.lastIndexOf(',')) + 1;
        String value = term.substring(valueStart).replace("\"", "");
        return new Completion(
                from + valueStart,
                end,
                key.map(known -> values(known, value, found)).orElse(List.of()));
    }

    private static List<Item> keys(String start, Corpus corpus) {
        return SearchKey.of(corpus).stream()
                .filter(key -> key.label().startsWith(SearchParser.lower(start)))
                .map(key -> new Item(
                        key.label()
                                + (key.type() == SearchKey.Type.NUMBER || key.type() == SearchKey.Type.DURATION
                                        ? ">"
                                        : ":"),
                        "key",
                        key.meaning()))
                .toList();
    }

    private static List<Item> values(SearchKey key, String start, Function<SearchKey, Map<String, Long>> found) {
        if (key.type() == SearchKey.Type.NUMBER || key.type() == SearchKey.Type.DURATION) {
            return List.of();
        }
        Map<String, Long> counts = found.apply(key);
        Stream<Item> seen = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(entry -> new Item(
                        SearchParser.quotedIfNeeded(entry.getKey()), "value", entry.getValue() + " of the latest"));
        Stream<Item> allowed = key.allowedValues().stream()
                .filter(value -> !counts.containsKey(value))
                .map(value -> new Item(value, "value", ""));
        return Stream.concat(seen, allowed)
                .filter(item -> SearchParser.lower(item.insert()).contains(SearchParser.lower(start)))
                // Those that begin so come first; the order of equals stays.
                .sorted(Comparator.comparing(
                        item -> !SearchParser.lower(item.insert()).startsWith(SearchParser.lower(start))))
                .limit(MOST_ITEMS)
                .collect(Collectors.toList());
    }

    private static int firstSign(String term) {
        for (int i = 0; i < term.length(); i++) {
            if (":<>=".indexOf(term.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static int lastSign(String term) {
        int first = firstSign(term);
        return first >= 0 && first + 1 < term.length() && term.charAt(first + 1) == '=' ? first + 1 : first;
    }
}
