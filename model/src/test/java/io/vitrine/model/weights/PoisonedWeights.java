package io.vitrine.model.weights;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;

/**
 * A model's weights with a token whose embedding is no usable number, NaN or infinity: what it is computed with, fails.
 */
public final class PoisonedWeights implements ModelWeights {

    private static final String EMBEDDING = "model.embed_tokens.weight";

    private final ModelWeights weights;
    private final int token;
    private final float poison;

    /** @param weights of a model whose head is not its embedding */
    public PoisonedWeights(ModelWeights weights, int token, float poison) {
        this.weights = weights;
        this.token = token;
        this.poison = poison;
    }

    @Override
    public Set<String> names() {
        return weights.names();
    }

    @Override
    public List<Long> shape(String name) {
        return weights.shape(name);
    }

    @Override
    public String storedType(String name) {
        return weights.storedType(name);
    }

    @Override
    public long storedBytes(String name) {
        return weights.storedBytes(name);
    }

    @Override
    public RotaryLayout rotaryLayout() {
        return weights.rotaryLayout();
    }

    @Override
    public void readFloats(String name, FloatBuffer destination) {
        int start = destination.position();
        weights.readFloats(name, destination);
        poison(name, token, start, destination);
    }

    @Override
    public void readRows(String name, int firstRow, int rows, FloatBuffer destination) {
        int start = destination.position();
        weights.readRows(name, firstRow, rows, destination);
        if (firstRow <= token && token < firstRow + rows) {
            poison(name, token - firstRow, start, destination);
        }
    }

    private void poison(String name, int row, int start, FloatBuffer destination) {
        if (name.equals(EMBEDDING)) {
            int width = Math.toIntExact(weights.shape(name).get(1));
            for (int i = 0; i < width; i++) {
                destination.put(start + row * width + i, poison);
            }
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}
