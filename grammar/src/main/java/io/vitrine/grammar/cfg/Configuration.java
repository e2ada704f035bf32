package io.vitrine.grammar.cfg;

import java.util.List;

import io.vitrine.grammar.automaton.ByteClasses;
import io.vitrine.grammar.automaton.Language;
import org.jspecify.annotations.Nullable;

/**
 * What may follow a text that was read so far. Texts after which the same may follow usually share one configuration, with the successors
 * that were computed once. Immutable to its user; owned by one {@link Recognizer} and no safer between threads than that.
 */
public final class Configuration {

    private final Recognizer recognizer;
    private final List<LexemeStart> starts;
    private final boolean accepting;
    private final boolean dead;
    private final ByteClasses classes;
    private final @Nullable Configuration[] next;

    /** Lexemes that began together at one row. */
    record LexemeStart(Row row, LexerState state) {}

    Configuration(Recognizer recognizer, List<LexemeStart> starts, boolean accepting, ByteClasses classes) {
        this.recognizer = recognizer;
        this.starts = starts;
        this.accepting = accepting;
        this.dead = starts.isEmpty() && !accepting;
        this.classes = classes;
        this.next = new Configuration[classes.count()];
    }

    /** Whether the text may end here. */
    public boolean isAccepting() {
        return accepting;
    }

    /** Whether no accepted text continues so. Every other configuration has a continuation or accepts. */
    public boolean isDead() {
        return dead;
    }

    /** The configuration after one more byte, 0 to 255. */
    public Configuration next(int value) {
        int c = classes.classOf(value);
        Configuration known = next[c];
        return known != null ? known : (next[c] = recognizer.step(this, value));
    }

    /** Whether every prefix of every member of {@code prefixes} may follow within one lexeme; false may be a lack of knowledge. */
    public boolean containsPrefixes(Language prefixes, int index) {
        return starts.stream()
                .anyMatch(start -> start.state.containsPrefixes(prefixes, index, recognizer.languages()));
    }

    List<LexemeStart> starts() {
        return starts;
    }
}
