package io.vitrine.model.weights;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;

/**
 * The tensors of one checkpoint, whatever file holds them, under the names Hugging Face gives them
 * ({@code model.embed_tokens.weight}, {@code model.layers.0.self_attn.q_proj.weight}, {@code lm_head.weight}, ...).
 *
 * <p>Reading is safe from several threads at once. After {@link #close} nothing may be read.
 */
public interface ModelWeights extends AutoCloseable {

    /** Every tensor's name. */
    Set<String> names();

    /**
     * Shape with the slowest dimension first, as PyTorch writes it: a linear layer's weight is {@code [outputs, inputs]}.
     *
     * @throws IllegalArgumentException if there is no such tensor
     */
    List<Long> shape(String name);

    /** How the tensor is stored, in its format's own word ({@code Q4_1}, {@code BF16}, ...). */
    String storedType(String name);

    /** Bytes the tensor takes in the file. */
    long storedBytes(String name);

    /** How the rows of Q and K, and the numbers of their biases and norms, are ordered. */
    RotaryLayout rotaryLayout();

    /**
     * Writes the whole tensor, row major, dequantised, at the buffer's position, and advances it.
     *
     * @throws IllegalArgumentException if there is no such tensor or the buffer is too small
     */
    void readFloats(String name, FloatBuffer destination);

    /**
     * As {@link #readFloats}, of some rows of a matrix: a large one does not fit into a buffer, which ends at 2 GiB.
     *
     * @throws IllegalArgumentException if there is no such tensor, it is no matrix, has no such rows, or the buffer is too small
     */
    void readRows(String name, int firstRow, int rows, FloatBuffer destination);

    @Override
    void close();
}
