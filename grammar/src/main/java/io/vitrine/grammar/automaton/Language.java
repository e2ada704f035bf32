package io.vitrine.grammar.automaton;

import org.jspecify.annotations.Nullable;

/**
 * A regular language of byte strings: one state of the lazy automaton. Made and compared (by identity) within one
 * {@link Languages}.
 */
public final class Language {

    /** Whether the language has a member; searched for only where the form leaves it open. */
    enum Emptiness {
        UNKNOWN,
        EMPTY,
        INHABITED
    }

    /**
     * What any one character of a set does to the language.
     *
     * @param next what every character leads to; present for {@link Kind#LEADS_ON} only
     */
    record Reaction(Kind kind, @Nullable Language next) {

        enum Kind {
            /** No character may follow. */
            REFUSES,
            /** Any character may follow, leads to the same, and does not complete a member. */
            LEADS_ON,
            /** Any text of such characters may follow, however long. */
            ENDLESS,
            /** It depends on the character, or a member may end within the text. */
            MIXED
        }

        static Reaction of(Kind kind) {
            return new Reaction(kind, null);
        }
    }

    final int id;
    final Form form;
    final ByteClasses classes;
    private final boolean acceptsEmpty;
    final @Nullable Language[] derivatives;
    Emptiness emptiness;

    @Nullable
    Reaction reaction;

    Language(int id, Form form, ByteClasses classes) {
        this.id = id;
        this.form = form;
        this.classes = classes;
        this.acceptsEmpty = form.acceptsEmpty();
        this.derivatives = new Language[classes.count()];
        this.emptiness = form.mayBeEmpty() ? Emptiness.UNKNOWN : Emptiness.INHABITED;
    }

    /** Number of this language within its {@link Languages}. */
    public int id() {
        return id;
    }

    /** Whether the empty text is a member. */
    public boolean acceptsEmpty() {
        return acceptsEmpty;
    }

    /** Bytes that lead to the same successor. */
    public ByteClasses classes() {
        return classes;
    }

    /** Whether the empty text is the only member: the automaton stops here. */
    public boolean isOnlyEmpty() {
        return form instanceof Form.Epsilon;
    }
}
