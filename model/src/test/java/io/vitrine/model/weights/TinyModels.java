package io.vitrine.model.weights;

import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Objects;

/** Where the tiny models of the test resources lie; their README says what they are. */
public final class TinyModels {

    private TinyModels() {}

    /** A file or folder of {@code src/test/resources/tiny}. */
    public static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(TinyModels.class.getResource("/tiny/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    static float[] read(ModelWeights weights, String name) {
        long count = weights.shape(name).stream().reduce(1L, Math::multiplyExact);
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(count));
        weights.readFloats(name, values);
        return values.array();
    }
}
