package io.vitrine.gpu;

/** Whether the driver's events (XIDs above all) reach us. */
public enum EventState {
    /** Nobody waits for them. */
    OFF,
    /** The last wait ended as it should, with an event or with none. */
    ALIVE,
    /** No GPU here has events. */
    UNSUPPORTED,
    /** No wait has ended well for too long: errors may go unseen. */
    SILENT
}
