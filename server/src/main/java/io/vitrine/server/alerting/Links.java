package io.vitrine.server.alerting;

import java.net.URI;

/**
 * Addresses in notifications.
 *
 * @param server of the console, as a responder reaches it
 * @param runbooks folder of the runbooks, ending with a slash
 */
public record Links(URI server, URI runbooks) {

    public Links {
        if (!runbooks.toString().endsWith("/")) {
            throw new IllegalArgumentException("the folder of the runbooks must end with a slash: " + runbooks);
        }
    }

    /** The page of an alert. */
    public String runbook(Message.Item alert) {
        return runbooks + alert.runbook() + ".md";
    }
}
