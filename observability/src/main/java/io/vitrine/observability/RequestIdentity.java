package io.vitrine.observability;

import java.util.Optional;

/**
 * Which request something is told of, once its path is known.
 *
 * @param requestId as in the answer's {@code x-request-id}
 * @param tenantId whose it is; {@link RequestSummary#UNKNOWN_TENANT} if that is not known
 * @param trace absent if no trace follows the request
 */
public record RequestIdentity(String requestId, Route route, String tenantId, Optional<TraceIds> trace) {

    /** Whose it is, if that is known. */
    public Optional<String> knownTenant() {
        return RequestSummary.known(tenantId);
    }
}
