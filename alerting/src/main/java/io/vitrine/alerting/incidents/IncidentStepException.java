package io.vitrine.alerting.incidents;

/** A step that the incident's state does not allow; the message names the allowed ones, and nothing is changed. */
public final class IncidentStepException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    IncidentStepException(String message) {
        super(message);
    }
}
