package io.vitrine.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import io.vitrine.server.LogErasure.Counts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class LogErasureTest {

    private static final String ACME =
            "{\"event\":\"request_completed\",\"request_id\":\"req-1\",\"tenant_id\":\"acme\",\"route\":\"chät\"}";
    private static final String ZETA =
            "{\"event\":\"request_completed\",\"request_id\":\"req-2\",\"tenant_id\":\"zeta\",\"route\":\"chat\"}";
    private static final String EARLY = "{\"event\":\"request_received\",\"request_id\":\"req-1\"}";
    private static final String GPU = "{\"event\":\"gpu_health_changed\",\"request_ids\":\"req-2,req-1,req-11\"}";
    private static final String CUT = "{\"event\":\"request_completed\",\"tenant_id\":\"acme\",\"requ";

    @TempDir
    private Path logs;

    @Test
    void overwritesTheFileThatAServerAppendsTo() throws IOException {
        Path file = logs.resolve("vitrine.json");
        try (OutputStream server = Files.newOutputStream(file)) {
            server.write(lines(ACME, ZETA, EARLY, GPU, "not JSON"));
            server.write(CUT.getBytes(UTF_8));
            long size = Files.size(file);
            assertThat(LogErasure.run(logs, "acme")).isEqualTo(Map.of("vitrine.json", new Counts(2, 1)));
            assertThat(Files.size(file)).isEqualTo(size);
            server.write(lines("est_id\":\"req-3\"}", ZETA));
        }
        List<String> left = Files.readAllLines(file);
        assertThat(left.get(0)).startsWith("{\"erased\":true} ");
        assertThat(left.get(0).length()).isEqualTo(ACME.getBytes(UTF_8).length);
        assertThat(left.get(1)).isEqualTo(ZETA);
        assertThat(left.get(2)).startsWith("{\"erased\":true} ");
        assertThat(left.get(3)).isEqualTo(GPU.replace("req-1,", "-----,"));
        assertThat(left.subList(4, 7)).containsExactly("not JSON", CUT + "est_id\":\"req-3\"}", ZETA);
        assertThat(LogErasure.run(logs, "acme"))
                .as("the line that was being written then")
                .hasSize(1);
        assertThat(LogErasure.run(logs, "acme")).isEmpty();
    }

    @Test
    void writesRolledFilesAnew() throws IOException {
        Path rolled = logs.resolve("vitrine-2026-11-24-1.json.gz");
        compress(rolled, lines(ACME, ZETA, GPU));
        Path other = logs.resolve("vitrine-2026-11-23-1.json.gz");
        compress(other, lines(ZETA));
        byte[] before = Files.readAllBytes(other);
        Files.writeString(logs.resolve("notes.json"), ACME + "\n", StandardOpenOption.CREATE);

        assertThat(LogErasure.run(logs, "acme")).isEqualTo(Map.of("vitrine-2026-11-24-1.json.gz", new Counts(1, 1)));
        try (InputStream in = new GZIPInputStream(Files.newInputStream(rolled))) {
            assertThat(in.readAllBytes()).isEqualTo(lines(ZETA, GPU.replace("req-1,", "-----,")));
        }
        assertThat(other).hasBinaryContent(before);
        assertThat(logs.resolve("notes.json")).hasContent(ACME + "\n");
    }

    @Test
    void findsNothingWhereNoLogIs() {
        assertThat(LogErasure.run(logs.resolve("none"), "acme")).isEmpty();
    }

    private static byte[] lines(String... lines) {
        return (String.join("\n", lines) + "\n").getBytes(UTF_8);
    }

    private static void compress(Path file, byte[] content) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
    }
}
