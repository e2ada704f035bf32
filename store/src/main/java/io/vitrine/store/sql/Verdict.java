package io.vitrine.store.sql;

/** What a check of a file alone has found, whatever error led to it. */
public enum Verdict {
    /** All of it could be read. */
    WHOLE,
    /** The file itself is broken. */
    DAMAGED,
    /** The check could not be completed, for a reason that says nothing about the file. */
    UNKNOWN
}
