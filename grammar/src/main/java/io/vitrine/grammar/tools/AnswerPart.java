package io.vitrine.grammar.tools;

/** A piece of an answer, in the order in which the model wrote it. */
public sealed interface AnswerPart {

    record Text(String text) implements AnswerPart {}

    /** Reasoning, without its tags and the white space at its ends. */
    record Reasoning(String text) implements AnswerPart {}

    /** A call begins; its name is complete. */
    record CallStarted(int index, String name) implements AnswerPart {}

    /** The next piece of a call's arguments, as JSON; cuts no character and no escape. */
    record Arguments(int index, String json) implements AnswerPart {}
}
