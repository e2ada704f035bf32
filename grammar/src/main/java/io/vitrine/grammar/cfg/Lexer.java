package io.vitrine.grammar.cfg;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;

/** Makes lexer states, each once. */
final class Lexer {

    private final Languages languages;
    private final Network network;
    private final Map<Map<Integer, Language>, LexerState> states = new HashMap<>();

    Lexer(Languages languages, Network network) {
        this.languages = languages;
        this.network = network;
    }

    Languages languages() {
        return languages;
    }

    /** The state in which every lexeme that may begin at the row begins. */
    LexerState start(Row row) {
        Map<Integer, Language> rests = new TreeMap<>();
        row.lexemes().forEach(lexeme -> rests.put(lexeme, network.lexeme(lexeme)));
        return state(rests);
    }

    LexerState state(Map<Integer, Language> rests) {
        return states.computeIfAbsent(rests, added -> new LexerState(states.size(), added, languages));
    }
}
