package io.vitrine.alerting.query;

/** An expression that cannot be read, with the position of what is wrong. */
public final class QueryException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    QueryException(String expression, int position, String message) {
        super(message + " at position " + (position + 1) + " of: " + expression);
    }
}
