package io.vitrine.model.engine;

/** Why the engine took no request. */
public enum RefusalReason {
    /** As many requests wait as may. */
    QUEUE_FULL,
    /** The server is stopping. */
    DRAINING,
    /** The prompt leaves no room in the context for a token, or prompt and answer can never fit into the KV pages there are. */
    TOO_LONG,
    /** The engine has stopped after a failure. */
    ENGINE_FAILED
}
