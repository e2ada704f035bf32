package io.vitrine.model.weights;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Knows files that are often found in the place of a model's, by how they begin. */
public final class ForeignFile {

    /** Enough of a file to know it by. */
    static final int BYTES = 64;

    private ForeignFile() {}

    /** What a file is that begins so, in words that follow "this is"; empty if it is none of those known. */
    public static Optional<String> named(byte[] start) {
        String text = new String(start, 0, Math.min(start.length, BYTES), StandardCharsets.ISO_8859_1);
        String html = text.stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs")) {
            return Optional.of("a Git LFS pointer, not the file that it stands for: fetch that with git lfs pull");
        } else if (html.startsWith("<!doctype html") || html.startsWith("<html")) {
            return Optional.of("an HTML page, perhaps the error page of a download");
        } else if (text.startsWith("PK\3\4")) {
            return Optional.of("a zip archive, as PyTorch writes checkpoints; safetensors and GGUF are read");
        } else if (text.length() >= 2 && text.charAt(0) == 0x80 && text.charAt(1) >= 2 && text.charAt(1) <= 5) {
            return Optional.of("a Python pickle, as PyTorch wrote checkpoints; safetensors and GGUF are read");
        } else if (text.startsWith("GGUF")) {
            return Optional.of("a GGUF file");
        } else if (text.startsWith("\u001f\u008b")) {
            return Optional.of("a gzip file");
        }
        return Optional.empty();
    }

    /** @throws ModelFormatException if the file is another one than a model's */
    static void refuse(byte[] start) {
        named(start).ifPresent(name -> {
            throw new ModelFormatException("this is " + name);
        });
    }

    static void refuse(MappedFile file) {
        byte[] start = new byte[(int) Math.min(BYTES, file.size())];
        file.read(0, start, start.length);
        refuse(start);
    }
}
