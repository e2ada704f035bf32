package io.vitrine.server.incidents;

import io.vitrine.alerting.incidents.Incident;

/**
 * An incident as it is in the ledger.
 *
 * @param version counts its changes from 1
 */
public record StoredIncident(long version, Incident incident) {}
