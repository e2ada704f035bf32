package io.vitrine.observability.catalogue;

/** Why a log line did not reach one of its destinations. */
public enum LostLine {
    /** The disk could not keep up, and waiting would have held up requests. */
    QUEUE_FULL(LogDestination.FILE, "queue_full"),
    /** The file took no more: a full disk, say. */
    WRITE_FAILED(LogDestination.FILE, "write_failed"),
    /** Nobody reads standard output, or too slowly: the line is in the file. */
    CONSOLE_QUEUE_FULL(LogDestination.CONSOLE, "queue_full"),
    /** Standard output took no more: it is closed, say. */
    CONSOLE_WRITE_FAILED(LogDestination.CONSOLE, "write_failed"),
    /** The collector could not keep up: the line is in the file, and was not exported. */
    EXPORT_QUEUE_FULL(LogDestination.COLLECTOR, "queue_full"),
    /** The collector did not take it: the line is in the file, and was not exported. */
    EXPORT_FAILED(LogDestination.COLLECTOR, "export_failed"),
    /** The store could not keep up: the line is in the file, and cannot be asked for. */
    ARCHIVE_QUEUE_FULL(LogDestination.STORE, "queue_full");

    private final LogDestination destination;
    private final String label;

    LostLine(LogDestination destination, String label) {
        this.destination = destination;
        this.label = label;
    }

    /** What the line did not reach. */
    public LogDestination destination() {
        return destination;
    }

    /** As meters write it, beside the destination. */
    public String label() {
        return label;
    }
}
