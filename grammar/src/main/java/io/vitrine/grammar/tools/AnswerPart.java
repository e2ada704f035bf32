package io.vitrine.grammar.tools;

/** A piece of an answer, in the order in which the model wrote it. */
public sealed interface AnswerPart {

    /** Characters of its text. */
    int length();

    record Text(String text) implements AnswerPart {

        @Override
        public int length() {
            return text.length();
        }
    }

    /** Reasoning, without its tags and the white space at its ends. */
    record Reasoning(String text) implements AnswerPart {

        @Override
        public int length() {
            return text.length();
        }
    }

    /** A call begins; its name is complete. */
    record CallStarted(int index, String name) implements AnswerPart {

        @Override
        public int length() {
            return name.length();
        }
    }

    /** The next piece of a call's arguments, as JSON; cuts no character and no escape. */
    record Arguments(int index, String json) implements AnswerPart {

        @Override
        public int length() {
            return json.length();
        }
    }
}
