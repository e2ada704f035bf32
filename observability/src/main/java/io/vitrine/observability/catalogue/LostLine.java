package io.vitrine.observability.catalogue;

/** Why a log line was lost. */
public enum LostLine {
    /** The writer could not keep up, and waiting would have held up requests. */
    QUEUE_FULL("queue_full"),
    /** The file or the console took no more: a full disk, say. */
    WRITE_FAILED("write_failed"),
    /** The collector could not keep up: the line is in the file, and was not exported. */
    EXPORT_QUEUE_FULL("export_queue_full"),
    /** The collector did not take it: the line is in the file, and was not exported. */
    EXPORT_FAILED("export_failed"),
    /** The store could not keep up: the line is in the file, and cannot be asked for. */
    ARCHIVE_QUEUE_FULL("archive_queue_full");

    private final String label;

    LostLine(String label) {
        this.label = label;
    }

    /** As meters write it. */
    public String label() {
        return label;
    }
}
