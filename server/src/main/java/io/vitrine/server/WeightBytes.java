package io.vitrine.server;

import io.vitrine.model.torch.Precision;
import io.vitrine.model.weights.ModelConfig;

/** How many bytes of weights a step of a decoder reads. */
final class WeightBytes {

    private WeightBytes() {}

    /**
     * The matrices of all layers and of the head, once each. Norms, biases and the scales of int8 are left out, being a thousandth of it;
     * so is an embedding that is not the head, of which a step reads a row a token.
     */
    static long ofAStep(ModelConfig shape, Precision precision) {
        long hidden = shape.hiddenSize();
        long attention = 2L * hidden * shape.headDim() * (shape.heads() + shape.kvHeads());
        long feedForward = 3L * hidden * shape.intermediateSize();
        long head = hidden * shape.vocabularySize();
        return ((attention + feedForward) * shape.layers() + head) * bytes(precision);
    }

    private static int bytes(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> Float.BYTES;
            case BF16 -> Short.BYTES;
            case INT8 -> Byte.BYTES;
        };
    }
}
