package io.vitrine.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The rule files under {@code deploy/} are those that {@code rules export} prints. */
class ExportedRulesTest {

    @ParameterizedTest
    @CsvSource({
        "prometheus, prometheus/rules.yml",
        "prometheus, helm/vitrine/files/rules.yml",
        "alertmanager, alertmanager/alertmanager.yml"
    })
    void committedRulesAreTheShippedOnes(String format, String file) {
        StringWriter out = new StringWriter();

        int exit = Main.commandLine().setOut(new PrintWriter(out)).execute("rules", "export", "--format", format);

        assertThat(exit).isZero();
        assertThat(Path.of("..", "deploy", file))
                .as("./vitrine rules export --format %s > deploy/%s", format, file)
                .hasContent(out.toString());
    }
}
