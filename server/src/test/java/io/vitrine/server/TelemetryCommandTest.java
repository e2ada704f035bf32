package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.catalogue.Catalogue;
import io.vitrine.observability.catalogue.Meters;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetryCommandTest {

    @Test
    void thePageInTheDocsIsWhatTheCatalogueSays() throws IOException {
        assertThat(Files.readString(Path.of("../docs/telemetry.md")))
                .as("docs/telemetry.md is stale; make it again: " + CatalogueFormat.REGENERATE)
                .isEqualTo(print("--format", "markdown"));
    }

    @Test
    void printsEverySectionInEveryFormat() {
        JsonNode json = TestServer.parse(print("--format", "json"));
        String table = print();

        assertThat(Catalogue.sections()).hasSizeGreaterThanOrEqualTo(5).allSatisfy(section -> {
            assertThat(json.get(section.key())).hasSize(section.rows().size()).isNotEmpty();
            section.rows().forEach(row -> assertThat(table).contains("\n" + row.get(0) + "\n"));
        });
    }

    @Test
    void tellsAProgramWhatAMeterIs() {
        JsonNode meter =
                TestServer.parse(print("--format", "json")).get("metrics").get(0);

        assertThat(meter.get("prometheus").asText()).isEqualTo("vitrine_requests_total");
        assertThat(meter.get("otlp").asText()).isEqualTo(Meters.REQUESTS.name());
        assertThat(meter.get("type").asText()).isEqualTo("counter");
        assertThat(meter.get("labels").asText()).contains("outcome (completed, refused, cancelled, timed_out, failed)");
    }

    @Test
    void refusesAFormatThatIsNone() {
        assertThat(Main.commandLine()
                        .setErr(new PrintWriter(new StringWriter()))
                        .execute("telemetry", "--format", "pdf"))
                .isEqualTo(2);
    }

    private static String print(String... options) {
        StringWriter out = new StringWriter();
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out));
        String[] arguments = new String[options.length + 1];
        arguments[0] = "telemetry";
        System.arraycopy(options, 0, arguments, 1, options.length);
        assertThat(command.execute(arguments)).isZero();
        return out.toString();
    }
}
