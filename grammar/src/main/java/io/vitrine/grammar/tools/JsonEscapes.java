package io.vitrine.grammar.tools;

/** Follows JSON text: whether it is within a string, and where an escape began that is not complete. */
final class JsonEscapes {

    private static final int HEX_DIGITS = 4;

    private boolean inString;
    private State state = State.PLAIN;
    private int digits;
    private int code;
    private int unsafe = -1;

    private enum State {
        PLAIN,
        BACKSLASH,
        HEX,
        /** Behind {@code \ud83d}: the other half of the character follows. */
        HIGH,
        HIGH_BACKSLASH
    }

    /**
     * Takes the next character.
     *
     * @param index of it in the text
     */
    void accept(char c, int index) {
        switch (state) {
            case PLAIN -> plain(c, index);
            case BACKSLASH -> escape(c);
            case HEX -> hex(c);
            case HIGH -> {
                unsafe = c == '\\' ? unsafe : -1;
                state = State.PLAIN;
                if (c == '\\') {
                    state = State.HIGH_BACKSLASH;
                } else {
                    plain(c, index);
                }
            }
            case HIGH_BACKSLASH -> escape(c);
        }
    }

    private void plain(char c, int index) {
        if (c == '"') {
            inString = !inString;
        } else if (inString && c == '\\') {
            state = State.BACKSLASH;
            unsafe = index;
        }
    }

    private void escape(char c) {
        if (c == 'u') {
            state = State.HEX;
            digits = 0;
            code = 0;
        } else {
            end();
        }
    }

    private void hex(char c) {
        code = code * 16 + Math.max(0, Character.digit(c, 16));
        if (++digits == HEX_DIGITS) {
            if (Character.isHighSurrogate((char) code)) {
                state = State.HIGH;
            } else {
                end();
            }
        }
    }

    private void end() {
        state = State.PLAIN;
        unsafe = -1;
    }

    boolean inString() {
        return inString;
    }

    /** Up to where a text of this length can be cut. */
    int safe(int length) {
        return unsafe < 0 ? length : unsafe;
    }
}
