package io.vitrine.server.history;

/**
 * Which part of the rows is wanted.
 *
 * @param offset rows before it
 * @param limit rows in it, at most
 */
public record PageSize(int offset, int limit) {

    /** So many are asked for: one more tells whether there is a next part. */
    int wanted() {
        return offset + limit + 1;
    }
}
