package io.vitrine.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.vitrine.server.config.MemoryBounds.Bound;
import io.vitrine.server.config.ServerConfig.ConnectionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What clients can fill fits into the heap, and what the docs say of it is so. */
class MemoryBoundsTest {

    private static final List<Bound> DEFAULTS = MemoryBounds.of(read(), 16, 8_192, 4);

    @Test
    void theDefaultsFitTheHeapOfTheScript() throws IOException {
        Matcher heap = Pattern.compile("-Xmx(\\d+)m").matcher(Files.readString(Path.of("../vitrine")));
        assertThat(heap.find()).isTrue();
        long bytes = Long.parseLong(heap.group(1)) << 20;

        // A tenth is left for what is there without clients.
        assertThat(MemoryBounds.sum(DEFAULTS)).isLessThan(bytes * 9 / 10);
    }

    @Test
    void theTableInTheDocsIsWhatTheDefaultsGive() throws IOException {
        String table = DEFAULTS.stream()
                        .map(bound -> row(bound.what(), keys(bound.keys()), bound.bytes()))
                        .collect(Collectors.joining())
                + row("**sum**", "", MemoryBounds.sum(DEFAULTS));

        assertThat(Files.readString(Path.of("../docs/reliability.md"))).contains(table);
    }

    private static String row(String what, String keys, long bytes) {
        return "| " + what + " | " + keys + " | " + (bytes >> 20) + " MiB |\n";
    }

    private static String keys(String keys) {
        return Pattern.compile("[a-z]+(\\.[a-z-]+)+").matcher(keys).replaceAll("`$0`");
    }

    @Test
    void rejectsABodyMemoryWithoutRoomForOneBody() {
        assertThatThrownBy(() -> read("server.max-body-bytes=64MiB"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("server.body-memory must have room for one body of server.max-body-bytes");
    }

    @Test
    void rejectsABodyMemoryThatTheHeapHasNotRoomFor() {
        assertThatThrownBy(() -> read("server.body-memory=1024GiB"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("server.body-memory must not be above half of the heap, "
                        + Runtime.getRuntime().maxMemory() / 2 + " bytes: 1099511627776");
    }

    @ParameterizedTest
    @CsvSource({
        "1048576, 1024, 128",
        "1024, 640, 128",
        "512, 192, 64",
        "64, 24, 8",
    })
    void connectionsLeaveDescriptorsToFiles(long descriptors, int api, int management) {
        ConnectionLimits limits = ConnectionLimits.of(new ConnectionConfig(1_024, 128, 256, 128, 256), descriptors);

        assertThat(limits).isEqualTo(new ConnectionLimits(api, management));
        assertThat((long) api + management).isLessThanOrEqualTo(descriptors - Math.min(256, descriptors / 2));
    }

    private static ServerConfig read(String... settings) {
        return new ConfigReader(Map.of())
                .read(
                        Optional.empty(),
                        List.of(settings).stream().map(ConfigReader::parseSet).toList())
                .config();
    }
}
