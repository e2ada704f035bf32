package io.vitrine.model.hub;

import java.nio.file.Path;

/**
 * A model that lies on this machine, ready to be opened.
 *
 * @param name what it is called in the cache; for a path given by hand, the file's or folder's own name
 * @param path a {@code .gguf} file, or a folder with {@code config.json}, {@code tokenizer.json} and {@code *.safetensors}
 * @param bytes size of its files on disk
 * @param source where it came from, in words
 */
public record LocalModel(String name, Path path, long bytes, String source) {}
