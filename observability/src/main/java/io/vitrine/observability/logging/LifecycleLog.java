package io.vitrine.observability.logging;

import java.time.Duration;

import io.vitrine.observability.AlertChange;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.IncidentChange;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.PolicyChange;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import io.vitrine.observability.catalogue.Signal;
import org.apache.logging.log4j.Level;

/** Writes the lines about the server itself. */
final class LifecycleLog implements LifecycleListener {

    private final EventLog log;

    LifecycleLog(EventLog log) {
        this.log = log;
    }

    @Override
    public void modelLoaded(String modelName, Duration took) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.MODEL_LOADED)
                        .set(LogField.MODEL_NAME, modelName)
                        .setMillis(LogField.DURATION_MS, took.toNanos()));
    }

    @Override
    public void modelLoadFailed(String modelName, Duration took, Throwable cause) {
        log.write(
                Level.ERROR,
                new EventMessage(EventName.MODEL_LOAD_FAILED)
                        .set(LogField.MODEL_NAME, modelName)
                        .setWithMessage(cause));
    }

    @Override
    public void serverStarted(int apiPort, int managementPort, Duration took) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.SERVER_STARTED)
                        .set(LogField.API_PORT, apiPort)
                        .set(LogField.MANAGEMENT_PORT, managementPort)
                        .setMillis(LogField.DURATION_MS, took.toNanos()));
    }

    @Override
    public void serverStopping(Duration grace, int runningCount, int waitingCount) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.SERVER_STOPPING)
                        .setMillis(LogField.GRACE_MS, grace.toNanos())
                        .set(LogField.RUNNING, runningCount)
                        .set(LogField.WAITING, waitingCount));
    }

    @Override
    public void serverStopped(Duration took, boolean clean) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.SERVER_STOPPED)
                        .setMillis(LogField.DURATION_MS, took.toNanos())
                        .set(LogField.CLEAN, clean));
    }

    @Override
    public void policyChanged(PolicyChange change) {
        EventName event =
                switch (change.kind()) {
                    case TENANT_ADDED -> EventName.TENANT_ADDED;
                    case TENANT_CHANGED -> EventName.TENANT_CHANGED;
                    case TENANT_REMOVED -> EventName.TENANT_REMOVED;
                    case KEY_CREATED -> EventName.KEY_CREATED;
                    case KEY_REVOKED -> EventName.KEY_REVOKED;
                    case SILENCE_ADDED -> EventName.SILENCE_ADDED;
                    case SILENCE_EXPIRED -> EventName.SILENCE_EXPIRED;
                    case TELEMETRY_SWITCHED -> EventName.TELEMETRY_SWITCHED;
                    case PROFILE_TAKEN -> EventName.PROFILE_TAKEN;
                };
        log.write(
                Level.INFO,
                new EventMessage(event)
                        .set(LogField.ACTOR, change.actor())
                        .set(LogField.SUBJECT, change.subject())
                        .set(LogField.MESSAGE, change.detail()));
    }

    @Override
    public void incidentChanged(IncidentChange change) {
        EventName event =
                switch (change.kind()) {
                    case INCIDENT_OPENED -> EventName.INCIDENT_OPENED;
                    case INCIDENT_STATE_CHANGED -> EventName.INCIDENT_STATE_CHANGED;
                    case INCIDENT_UPDATED -> EventName.INCIDENT_UPDATED;
                };
        log.write(
                event == EventName.INCIDENT_OPENED ? Level.WARN : Level.INFO,
                new EventMessage(event)
                        .set(LogField.ACTOR, change.actor())
                        .set(LogField.SUBJECT, change.incident())
                        .set(LogField.MESSAGE, change.detail()));
    }

    @Override
    public void operatorRefused(String scope, ErrorType reason) {
        log.write(
                Level.WARN,
                new EventMessage(EventName.OPERATOR_REFUSED)
                        .set(LogField.SCOPE, scope)
                        .set(LogField.ERROR_TYPE, reason.label()));
    }

    @Override
    public void storeFailed(String reason) {
        log.write(Level.ERROR, new EventMessage(EventName.STORE_FAILED).set(LogField.MESSAGE, reason));
    }

    @Override
    public void storeRecovered(Duration after, long lostRows) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.STORE_RECOVERED)
                        .setMillis(LogField.DURATION_MS, after.toNanos())
                        .set(LogField.MESSAGE, lostRows + " rows were lost"));
    }

    @Override
    public void storeFileSetAside(String file) {
        log.write(
                Level.ERROR,
                new EventMessage(EventName.STORE_FILE_SET_ASIDE).set(LogField.MESSAGE, file + " is damaged"));
    }

    @Override
    public void storeFileDeleted(String file, long bytes, String reason) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.STORE_FILE_DELETED)
                        .set(LogField.MESSAGE, file + ", " + bytes + " bytes: " + reason));
    }

    @Override
    public void collectorFailed(Signal signal, String address, String reason) {
        log.write(
                Level.WARN,
                new EventMessage(EventName.COLLECTOR_FAILED)
                        .set(LogField.LOGGER, OtlpAppender.loggerOf(signal))
                        .set(LogField.MESSAGE, "the collector at " + address + " takes nothing: " + reason));
    }

    @Override
    public void collectorRecovered(Signal signal, String address, Duration after, long lostCount) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.COLLECTOR_RECOVERED)
                        .set(LogField.LOGGER, OtlpAppender.loggerOf(signal))
                        .setMillis(LogField.DURATION_MS, after.toNanos())
                        .set(LogField.MESSAGE, "the collector at " + address + " is back; lost: " + lostCount));
    }

    @Override
    public void collectorRejected(Signal signal, String address, long rejectedCount, String reason) {
        log.write(
                Level.WARN,
                new EventMessage(EventName.COLLECTOR_REJECTED)
                        .set(LogField.LOGGER, OtlpAppender.loggerOf(signal))
                        .set(
                                LogField.MESSAGE,
                                "the collector at " + address + " rejected " + rejectedCount + " of a batch: "
                                        + reason));
    }

    @Override
    public void notificationDead(String receiver, String groupKey, String reason) {
        log.write(
                Level.ERROR,
                new EventMessage(EventName.NOTIFICATION_DEAD)
                        .set(LogField.MESSAGE, "receiver " + receiver + ", group " + groupKey + ": " + reason));
    }

    @Override
    public void receiverFailed(String receiver, String reason) {
        log.write(
                Level.ERROR,
                new EventMessage(EventName.RECEIVER_FAILED)
                        .set(LogField.MESSAGE, "receiver " + receiver + ": " + reason));
    }

    @Override
    public void receiverRecovered(String receiver, Duration after) {
        log.write(
                Level.INFO,
                new EventMessage(EventName.RECEIVER_RECOVERED)
                        .setMillis(LogField.DURATION_MS, after.toNanos())
                        .set(LogField.MESSAGE, "receiver " + receiver + " accepts notifications again"));
    }

    @Override
    public void alertChanged(AlertChange change) {
        EventName event =
                switch (change.kind()) {
                    case PENDING -> EventName.ALERT_PENDING;
                    case FIRING -> EventName.ALERT_FIRING;
                    case RESOLVED -> EventName.ALERT_RESOLVED;
                    case CANCELLED -> EventName.ALERT_CANCELLED;
                };
        log.write(
                change.kind() == AlertChange.Kind.FIRING ? Level.WARN : Level.INFO,
                new EventMessage(event)
                        .set(LogField.ALERT, change.rule())
                        .set(LogField.SEVERITY, change.severity())
                        .set(LogField.FINGERPRINT, change.fingerprint())
                        .set(LogField.LABELS, change.labels())
                        .set(LogField.MESSAGE, change.summary())
                        .set(LogField.RUNBOOK, change.runbook()));
    }

    @Override
    public void certificateReloaded(String description) {
        log.write(Level.INFO, new EventMessage(EventName.CERTIFICATE_RELOADED).set(LogField.MESSAGE, description));
    }

    @Override
    public void faulted(String where, Throwable cause) {
        log.write(
                Level.ERROR,
                new EventMessage(EventName.FAULT).set(LogField.LOGGER, where).setWithoutMessage(cause),
                cause.getClass().getName());
    }
}
