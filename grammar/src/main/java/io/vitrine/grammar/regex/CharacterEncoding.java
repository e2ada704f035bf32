package io.vitrine.grammar.regex;

import io.vitrine.grammar.automaton.Language;

/** How one character of a text is written in bytes. */
public interface CharacterEncoding {

    /** Encodings of any one of these characters. */
    Language encode(CodePoints characters);
}
