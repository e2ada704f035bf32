package io.vitrine.grammar.cfg;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.vitrine.grammar.automaton.ByteClasses;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import org.jspecify.annotations.Nullable;

/** Lexemes under way from one row, each with the rest that it still needs. Interned by {@link Lexer}. */
final class LexerState {

    final int id;
    final Map<Integer, Language> rests;
    final List<Integer> ended;
    final boolean continues;
    final ByteClasses classes;
    private final @Nullable LexerState[] next;

    LexerState(int id, Map<Integer, Language> rests, Languages languages) {
        this.id = id;
        this.rests = rests;
        this.ended = rests.entrySet().stream()
                .filter(entry -> entry.getValue().acceptsEmpty())
                .map(Map.Entry::getKey)
                .toList();
        this.continues = rests.values().stream().anyMatch(rest -> !rest.isOnlyEmpty());
        this.classes = languages.meet(rests.values());
        this.next = new LexerState[classes.count()];
    }

    LexerState next(int value, Lexer lexer) {
        int c = classes.classOf(value);
        @Nullable LexerState known = next[c];
        if (known == null) {
            Map<Integer, Language> moved = new TreeMap<>();
            rests.forEach((lexeme, rest) -> {
                Language further = lexer.languages().next(rest, value);
                if (further != lexer.languages().none()) {
                    moved.put(lexeme, further);
                }
            });
            known = lexer.state(moved);
            next[c] = known;
        }
        return known;
    }
}
