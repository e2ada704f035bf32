package io.vitrine.model.engine;

/**
 * Runs the model. Engine thread only, except {@link #close}, which comes after the engine thread has ended.
 */
public interface ModelRunner extends AutoCloseable {

    /** Rows of the head. */
    int vocabularySize();

    /** Layers that a chunk of a prompt can be cut into, a few a step; 1 if it cannot. */
    int layerCount();

    /** Longest sequence, in positions. */
    int contextLength();

    /** Positions a KV page holds. */
    int pagePositions();

    /** KV pages there are; ids are {@code 0 .. pageCount - 1}. */
    int pageCount();

    /** Bytes of one KV page, all layers. */
    long pageBytes();

    /** Threads of the processor that a step may use. They are idle between steps, and draw tokens then. */
    default int threads() {
        return 1;
    }

    /**
     * Runs the spans of one step: writes their keys and values into their pages and gives the logits asked for.
     *
     * @param timed whether to read the clock inside the model
     * @throws ModelRunnerException if the model failed; the KV of these spans is then undefined
     */
    StepResult run(StepPlan plan, boolean timed);

    /**
     * Copies the keys and values of the first {@code positions} positions of a page to another one, which has no others
     * then.
     *
     * @throws ModelRunnerException if the model failed
     */
    void copyPage(int source, int target, int positions);

    @Override
    void close();
}
