package io.vitrine.server.alerting;

import java.util.Set;

import io.vertx.core.Future;

/** Changes to alerts that other parts of the server request. */
public interface AlertActions {

    /** Acknowledges the groups of these alerts: no repeats and no escalation. Completes once that is durable. */
    Future<Void> acknowledge(Set<String> fingerprints, String who);
}
