package io.vitrine.observability;

/** Follows requests from their heads on. Any thread. */
@FunctionalInterface
public interface RequestTracing {

    /** Follows nothing. */
    RequestTracing OFF = head -> RequestTrace.NONE;

    /** A request's head has arrived; on its event loop, while what Vert.x knows of its trace is current. Never throws. */
    RequestTrace begin(RequestHead head);
}
