package io.vitrine.server.logs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetrySettings;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.logging.ConsoleFormat;
import io.vitrine.observability.logging.LogSettings;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;

import static org.assertj.core.api.Assertions.assertThat;

/** A log to be read after a test, line by line, by the committed schema. */
public final class LogLines {

    private static final Schema SCHEMA = schema();

    private LogLines() {}

    public static Telemetry telemetry(Path directory, LogLevel level, ConsoleFormat console) {
        LogSettings logs = LogSettings.in(directory).withConsole(console).withLevel(level);
        return Telemetry.start(
                new TelemetrySettings("test", false, true, TestTelemetry.settings(), logs), System::nanoTime);
    }

    /** All lines, each found valid. */
    public static List<JsonNode> read(Path directory) {
        try {
            return Files.readAllLines(directory.resolve("vitrine.json")).stream()
                    .map(LogLines::valid)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode valid(String line) {
        assertThat(SCHEMA.validate(line, InputFormat.JSON)).as(line).isEmpty();
        return TestServer.parse(line);
    }

    private static Schema schema() {
        try (InputStream in =
                LogLines.class.getResourceAsStream("/io/vitrine/observability/logging/log-line.schema.json")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text, InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
