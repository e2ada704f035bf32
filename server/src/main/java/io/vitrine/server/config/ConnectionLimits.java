package io.vitrine.server.config;

import io.vitrine.server.config.ServerConfig.ConnectionConfig;

/**
 * How many connections each port may have at once: what is configured, or less where the process's limit of file descriptors
 * leaves less. Their sum stays below that limit by a reserve for files: the store, models, logs, and connections that are
 * accepted before one over the limit is closed.
 */
public record ConnectionLimits(int api, int management) {

    /** Of what there is, the management port has this part. */
    private static final int MANAGEMENT_PART = 4;

    /**
     * What is in force of the configured limits.
     *
     * @param descriptorLimit of the process
     */
    public static ConnectionLimits of(ConnectionConfig config, long descriptorLimit) {
        long reserve = Math.min(config.reservedDescriptors(), descriptorLimit / 2);
        long room = Math.max(MANAGEMENT_PART, descriptorLimit - reserve);
        int management = (int) Math.min(config.managementMax(), room / MANAGEMENT_PART);
        return new ConnectionLimits((int) Math.min(config.max(), room - management), management);
    }
}
