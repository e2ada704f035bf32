package io.vitrine.observability;

import java.time.Duration;

import io.vitrine.observability.catalogue.DeliveryOutcome;
import io.vitrine.observability.catalogue.ReceiverKind;
import io.vitrine.observability.catalogue.Signal;

/** Watches what happens to the server itself: start, model loads, stop. A listener never throws. */
public interface LifecycleListener {

    /** Watches nothing. */
    LifecycleListener NONE = new LifecycleListener() {};

    /** A model is in memory and its engine runs. */
    default void modelLoaded(String modelName, Duration took) {}

    /** A model could not be loaded; {@code cause} is for the operator's log. */
    default void modelLoadFailed(String modelName, Duration took, Throwable cause) {}

    /** Both ports listen and a token can be served. */
    default void serverStarted(int apiPort, int managementPort, Duration took) {}

    /** New work is refused from now on; what runs has {@code grace} to end. */
    default void serverStopping(Duration grace, int runningCount, int waitingCount) {}

    /** Everything has ended; {@code clean} if nothing had to be cancelled. */
    default void serverStopped(Duration took, boolean clean) {}

    /** Who may use the server, and how much, has changed. */
    default void policyChanged(PolicyChange change) {}

    /** An incident was opened or has changed. */
    default void incidentChanged(IncidentChange change) {}

    /** Somebody asked the management port for what needs a key with this scope, and had none that is good for it. */
    default void operatorRefused(String scope, ErrorType reason) {}

    /** Telemetry cannot be kept any more, for this reason; told once, until it can. */
    default void storeFailed(String reason) {}

    /** It is kept again; so many rows were lost in that time. */
    default void storeRecovered(Duration after, long lostRows) {}

    /** A damaged file was renamed out of the way; the others are read as before. */
    default void storeFileSetAside(String file) {}

    /** Retention has deleted a file. */
    default void storeFileDeleted(String file, long bytes, String reason) {}

    /** A collector does not take a signal any more, for this reason; reported once, until it does. */
    default void collectorFailed(Signal signal, String address, String reason) {}

    /** It takes it again; {@code lostCount} points, lines or spans were lost in that time. */
    default void collectorRecovered(Signal signal, String address, Duration after, long lostCount) {}

    /** A collector has rejected part of a batch; reported the first time. */
    default void collectorRejected(Signal signal, String address, long rejectedCount, String reason) {}

    /**
     * An attempt to deliver a notification has ended.
     *
     * @param took until the receiver's answer or the failure
     * @param age of the notification
     */
    default void notificationAttempted(ReceiverKind kind, DeliveryOutcome outcome, Duration took, Duration age) {}

    /** Delivery of a notification is given up. */
    default void notificationDead(String receiver, String groupKey, String reason) {}

    /** The last attempts at a receiver have all failed; reported once, until one succeeds. */
    default void receiverFailed(String receiver, String reason) {}

    /** A receiver accepts notifications again. */
    default void receiverRecovered(String receiver, Duration after) {}
    /** An alert has come into a state. */
    default void alertChanged(AlertChange change) {}

    /** The certificate was replaced while the server runs; which one, and until when it is valid. */
    default void certificateReloaded(String description) {}

    /** A fault that no request can be blamed for, or whose answer could not say it; {@code where} is a constant. */
    default void faulted(String where, Throwable cause) {}
}
