package io.vitrine.model.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.model.text.ChatPrompt.Marker;
import org.jspecify.annotations.Nullable;

/** Finds the spellings of tokens in a text, from left to right, the longest where several begin. Immutable. */
final class Spellings {

    private final Node root = new Node();

    private static final class Node {
        private final Map<Character, Node> next = new HashMap<>();
        private boolean ends;
    }

    /** Empty spellings are in every text, and are passed over. */
    Spellings(Collection<String> spellings) {
        for (String spelling : spellings) {
            Node node = root;
            for (int i = 0; i < spelling.length(); i++) {
                node = node.next.computeIfAbsent(spelling.charAt(i), c -> new Node());
            }
            node.ends = node != root;
        }
    }

    /** All of them, apart from each other. */
    List<Marker> in(String text) {
        List<Marker> found = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = endAt(text, start);
            if (end > start) {
                found.add(new Marker(start, end));
                start = end;
            } else {
                start++;
            }
        }
        return found;
    }

    /** Where the longest ends that begins at {@code start}; {@code start} if none does. */
    private int endAt(String text, int start) {
        int end = start;
        @Nullable Node node = root;
        for (int i = start; i < text.length(); i++) {
            node = node.next.get(text.charAt(i));
            if (node == null) {
                break;
            }
            end = node.ends ? i + 1 : end;
        }
        return end;
    }
}
