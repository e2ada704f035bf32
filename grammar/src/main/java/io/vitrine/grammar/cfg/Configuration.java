package io.vitrine.grammar.cfg;

import java.util.List;
import java.util.OptionalInt;

import io.vitrine.grammar.automaton.ByteClasses;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import org.jspecify.annotations.Nullable;

/**
 * What may follow the text read so far. Texts with the same continuations usually share one configuration and its
 * successors, which are computed once. Not thread-safe: successors are added while it is used.
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
        if (known != null) {
            return known;
        }
        Configuration stepped = recognizer.step(this, value);
        next[c] = stepped;
        return stepped;
    }

    /**
     * How many characters of a set may follow within a lexeme, where that does not depend on which.
     *
     * @param most returned for any number from here on
     * @return empty if it depends on the characters, or if short texts may also follow in other lexemes
     */
    public OptionalInt freeRun(Language character, int most) {
        Languages languages = recognizer.languages();
        int lexemes = 0;
        OptionalInt run = OptionalInt.empty();
        for (LexemeStart start : starts) {
            for (Language rest : start.state.rests.values()) {
                lexemes++;
                run = languages.freeRun(rest, character, most);
                if (run.isPresent() && run.getAsInt() == most) {
                    return run;
                }
            }
        }
        return lexemes == 1 ? run : OptionalInt.empty();
    }

    List<LexemeStart> starts() {
        return starts;
    }
}
