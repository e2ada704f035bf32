package io.vitrine.alerting.incidents;

/** One change of an incident by a person, such as {@link Incident#acknowledge}. */
@FunctionalInterface
public interface IncidentStep {

    /**
     * The incident after the step.
     *
     * @throws IncidentStepException if the incident's state does not allow it
     * @throws IllegalArgumentException if a text is empty or too long
     */
    Incident apply(Incident incident, String author, long atMillis);
}
