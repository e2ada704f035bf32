package io.vitrine.server.doctor;

import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param name a word for it, such as {@code memory}
 * @param found what is the case, in words
 * @param mend what to do about it; absent where there is nothing to mend
 */
public record Finding(String name, Grade grade, String found, Optional<String> mend) {

    /** How well the machine does. */
    public enum Grade {
        OK,
        /** The server starts, and is slower or less safe than it could be. */
        WARNING,
        /** The server does not start, or cannot answer. */
        FAULT
    }

    static Finding ok(String name, String found) {
        return new Finding(name, Grade.OK, found, Optional.empty());
    }

    static Finding warning(String name, String found, String mend) {
        return new Finding(name, Grade.WARNING, found, Optional.of(mend));
    }

    static Finding fault(String name, String found, String mend) {
        return new Finding(name, Grade.FAULT, found, Optional.of(mend));
    }
}
