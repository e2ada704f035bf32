package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The {@code model.safetensors.index.json} of a model in several files.
 *
 * @param fileOf file name of each tensor
 */
record ShardIndex(Path path, Map<String, String> fileOf) {

    private static final long MAX_BYTES = 16 << 20;
    private static final int MAX_FILES = 1000;

    ShardIndex {
        fileOf = Map.copyOf(fileOf);
    }

    static ShardIndex read(Path path) throws IOException {
        JsonFields json = JsonFields.read(path, MAX_BYTES);
        return ModelFormatException.inFile(path, () -> of(path, json));
    }

    private static ShardIndex of(Path path, JsonFields json) {
        JsonFields map = json.fields("weight_map").orElseThrow(() -> new ModelFormatException("weight_map is missing"));
        Map<String, String> fileOf = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.object().properties()) {
            fileOf.put(entry.getKey(), fileName(entry.getKey(), entry.getValue()));
        }
        ShardIndex index = new ShardIndex(path, fileOf);
        if (index.fileNames().size() > MAX_FILES) {
            throw new ModelFormatException("weight_map names more than " + MAX_FILES + " files");
        }
        return index;
    }

    /** A name in the same folder, so that an index cannot make the program open files elsewhere. */
    private static String fileName(String tensor, JsonNode value) {
        if (!value.isTextual() || !value.textValue().matches("[\\w.-]+\\.safetensors")) {
            throw JsonFields.wrongType("file of " + tensor, value, "a plain name that ends in .safetensors");
        }
        return value.textValue();
    }

    Set<String> fileNames() {
        return new TreeSet<>(fileOf.values());
    }

    /**
     * Which of the open files holds each tensor.
     *
     * @param opened every file of {@link #fileNames}, by name
     */
    Map<String, SafetensorsFile> locate(Map<String, SafetensorsFile> opened) {
        Map<String, SafetensorsFile> located = new LinkedHashMap<>();
        fileOf.forEach((tensor, fileName) -> {
            SafetensorsFile file = opened.get(fileName);
            if (file == null || !file.names().contains(tensor)) {
                throw new ModelFormatException(
                        path + ": " + tensor + " should be in " + fileName + ", which does not have it");
            }
            located.put(tensor, file);
        });
        return located;
    }
}
