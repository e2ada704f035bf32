package io.vitrine.model.torch;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.weights.SafetensorsFile;
import io.vitrine.model.weights.TinyModels;

/** What {@code transformers} gives for every position of one sequence of a tiny model, in float32. */
record Reference(int[] tokens, float[] logits) {

    static Reference of(String folder) throws IOException {
        Path path = TinyModels.path(folder);
        JsonNode ids = new ObjectMapper()
                .readTree(path.resolve("reference.json").toFile())
                .get("input_ids");
        int[] tokens = IntStream.range(0, ids.size())
                .map(index -> ids.get(index).asInt())
                .toArray();
        try (SafetensorsFile file = SafetensorsFile.open(path.resolve("reference.safetensors"))) {
            long count = file.shape("logits").stream().reduce(1L, Math::multiplyExact);
            FloatBuffer logits = FloatBuffer.allocate(Math.toIntExact(count));
            file.readFloats("logits", logits);
            return new Reference(tokens, logits.array());
        }
    }

    int vocabularySize() {
        return logits.length / tokens.length;
    }

    float[] rows(int first, int count) {
        return Arrays.copyOfRange(logits, first * vocabularySize(), (first + count) * vocabularySize());
    }

    /** Of logits of all positions: the norm of the difference over the norm of these. */
    double relativeError(float[] actual) {
        double difference = 0;
        double size = 0;
        for (int index = 0; index < logits.length; index++) {
            difference += Math.pow(actual[index] - logits[index], 2);
            size += Math.pow(logits[index], 2);
        }
        return Math.sqrt(difference / size);
    }
}
