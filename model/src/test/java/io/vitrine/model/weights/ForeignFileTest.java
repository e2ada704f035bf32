package io.vitrine.model.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ForeignFileTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "version https://git-lfs.github.com/spec/v1; Git LFS pointer",
                "<!DOCTYPE html><html>; HTML page",
                "<HTML><head>; HTML page",
                "PK\u0003\u0004rest of it; zip archive",
                "\u0080\u0002}q\u0000rest; Python pickle"
            })
    void isCalledByItsName(String start, String name) throws IOException {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);
        Path gguf = Files.write(folder.resolve("model.gguf"), bytes);
        Path safetensors = Files.write(folder.resolve("model.safetensors"), bytes);
        Path json = Files.write(folder.resolve("config.json"), bytes);

        assertThatThrownBy(() -> GgufFile.open(gguf)).hasMessageContainingAll("model.gguf", name);
        assertThatThrownBy(() -> SafetensorsFile.open(safetensors)).hasMessageContainingAll("model.safetensors", name);
        assertThatThrownBy(() -> JsonFields.read(json, 1000)).hasMessageContainingAll("config.json", name);
    }

    @Test
    void namesAGgufFileAmongSafetensors() throws IOException {
        Path file = Files.write(
                folder.resolve("model.safetensors"), GgufWriter.tinyLlama().bytes());

        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("this is a GGUF file");
        assertThat(ForeignFile.named(new byte[] {1, 2, 3})).isEmpty();
        assertThat(ForeignFile.named(new byte[0])).isEmpty();
    }
}
