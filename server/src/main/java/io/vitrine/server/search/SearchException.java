package io.vitrine.server.search;

import java.io.Serial;
import java.util.List;

/** A query that cannot be understood; the message names the mistake and its position. */
public final class SearchException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final int position;
    private final int length;
    private final String[] expected;

    SearchException(String message, int position, int length, List<String> expected) {
        super(message + " (at character " + (position + 1) + ")", null, false, false);
        this.position = position;
        this.length = length;
        this.expected = expected.toArray(String[]::new);
    }

    /** First character of the mistake, from 0. */
    public int position() {
        return position;
    }

    public int length() {
        return length;
    }

    /** What could stand there; may be empty. */
    public List<String> expected() {
        return List.of(expected);
    }
}
