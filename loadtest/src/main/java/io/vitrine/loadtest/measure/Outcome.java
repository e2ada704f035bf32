package io.vitrine.loadtest.measure;

/** How a request ended, seen by its client. */
public enum Outcome {
    COMPLETED,
    /** Answered with a status of 4xx. */
    REFUSED,
    /** The client left early, as planned. */
    CANCELLED,
    /** The client's time limit, or status 408 or 504. */
    TIMED_OUT,
    /** Any other status, a broken stream or no connection. */
    FAILED,
    /** Still running when the run was over; counts neither as good nor as bad. */
    CUT_OFF
}
