package io.vitrine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.ModelFormatException;
import io.vitrine.model.weights.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelTextTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void refusesATokenizerLargerThanTheEmbedding() throws IOException {
        ObjectNode tokenizer = tokenizer();
        int rows;
        try (Checkpoint checkpoint = checkpoint(tokenizer)) {
            rows = checkpoint.config().vocabularySize();
        }
        ((ArrayNode) tokenizer.path("added_tokens"))
                .addObject()
                .put("id", rows + 4)
                .put("content", "<|beyond|>")
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
        try (Checkpoint checkpoint = checkpoint(tokenizer)) {
            assertThatThrownBy(() -> ModelText.open(folder, checkpoint))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(Integer.toString(rows + 5))
                    .hasMessageContaining(rows + " rows");
        }
    }

    private static ObjectNode tokenizer() throws IOException {
        return (ObjectNode) JSON.readTree(
                TinyModels.path("llama-gqa").resolve("tokenizer.json").toFile());
    }

    private Checkpoint checkpoint(ObjectNode tokenizer) throws IOException {
        try (var files = Files.newDirectoryStream(TinyModels.path("llama-gqa"))) {
            for (Path file : files) {
                Path copy = folder.resolve(file.getFileName());
                Files.deleteIfExists(copy);
                Files.copy(file, copy);
            }
        }
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());
        return Checkpoint.open(folder);
    }
}
