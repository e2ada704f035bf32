package io.vitrine.model.text;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Finds stop strings in an answer as it comes, and lets out only text that cannot be part of one.
 *
 * <p>The stop string that is complete first wins; of several that end at the same character, the longest. That depends on the
 * text alone, not on how it was cut into pieces. The answer ends before the stop string.
 *
 * <p>Knuth-Morris-Pratt, one automaton a stop string: time is proportional to text length times the number of stop strings,
 * however repetitive they are. What is held back is shorter than the longest stop string.
 *
 * <p>For one answer and one thread at a time.
 */
public final class StopMatcher {

    private final List<Automaton> automata;
    private final StringBuilder held = new StringBuilder();
    private @Nullable String matched;

    StopMatcher(List<String> stops) {
        this.automata = stops.stream().map(Automaton::new).toList();
    }

    /** The text that may be let out now; empty for every piece after a stop string was found. */
    public String accept(String piece) {
        if (matched != null || automata.isEmpty()) {
            return matched == null ? piece : "";
        }
        for (int i = 0; i < piece.length(); i++) {
            held.append(piece.charAt(i));
            matched = advance(piece.charAt(i));
            if (matched != null) {
                held.setLength(held.length() - matched.length());
                return flush();
            }
        }
        int waiting = automata.stream().mapToInt(Automaton::matchedChars).max().orElse(0);
        return release(held.length() - waiting);
    }

    /** The stop string that ended the answer, if one did. */
    public Optional<String> matched() {
        return Optional.ofNullable(matched);
    }

    /** The text held back, for an answer that ended before any stop string was complete. */
    public String flush() {
        automata.forEach(Automaton::restart);
        return release(held.length());
    }

    private @Nullable String advance(char next) {
        String longest = null;
        for (Automaton automaton : automata) {
            if (automaton.advance(next) && (longest == null || automaton.stop.length() > longest.length())) {
                longest = automaton.stop;
            }
        }
        return longest;
    }

    private String release(int chars) {
        String text = held.substring(0, chars);
        held.delete(0, chars);
        return text;
    }

    /** How much of the beginning of one stop string the text so far ends with. */
    private static final class Automaton {

        private final String stop;

        /** {@code fallback[n]}: length of the longest proper prefix of the stop string that its first n characters end with. */
        private final int[] fallback;

        private int matchedChars;

        Automaton(String stop) {
            this.stop = stop;
            this.fallback = new int[stop.length() + 1];
            for (int length = 2; length <= stop.length(); length++) {
                fallback[length] = extend(fallback[length - 1], stop.charAt(length - 1));
            }
        }

        /** Whether the stop string is complete with this character. */
        boolean advance(char next) {
            matchedChars = extend(matchedChars, next);
            return matchedChars == stop.length();
        }

        int matchedChars() {
            return matchedChars;
        }

        void restart() {
            matchedChars = 0;
        }

        private int extend(int prefix, char next) {
            int length = prefix;
            while (length > 0 && stop.charAt(length) != next) {
                length = fallback[length];
            }
            return stop.charAt(length) == next ? length + 1 : 0;
        }
    }
}
