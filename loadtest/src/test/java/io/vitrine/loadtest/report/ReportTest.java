package io.vitrine.loadtest.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.measure.Objectives;
import io.vitrine.loadtest.report.Report.Agreement;
import io.vitrine.loadtest.report.Report.Knee;
import io.vitrine.loadtest.report.Report.Truth;
import io.vitrine.loadtest.report.Report.TruthLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ReportTest {

    private static final Objectives OBJECTIVES = Objectives.parse("ttft=120ms");

    @Test
    void writesJsonThatItsSchemaAccepts() throws IOException {
        for (Report report : List.of(single(), sweep())) {
            assertThat(schema().validate(JsonReport.write(report), InputFormat.JSON))
                    .isEmpty();
        }
    }

    @Test
    void hasASchemaThatRefusesOtherJson() throws IOException {
        String json = JsonReport.write(single());

        assertThat(schema().validate(json.replace("\"cut_off\":", "\"cut\":"), InputFormat.JSON))
                .isNotEmpty();
        assertThat(schema().validate(json.replace("vitrine-load/1", "other/1"), InputFormat.JSON))
                .isNotEmpty();
    }

    @Test
    void readsItsJsonAgain(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.json");
        Files.writeString(file, JsonReport.write(sweep()));

        assertThat(JsonReport.write(JsonReport.read(file))).isEqualTo(Files.readString(file));
    }

    @Test
    void refusesJsonThatIsNoReport(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.json");
        for (String text : List.of("{}", "[1]", "x", "{\"format\":\"other\"}")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> JsonReport.read(file)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void sumsCountsAndRatesUp() {
        Report.Stage stage = Reports.stage("run", 100, 80, 10, OBJECTIVES, 1);

        assertThat(stage.counts().offered()).isEqualTo(100);
        assertThat(stage.counts().completed()).isEqualTo(98);
        assertThat(stage.counts().failed()).isEqualTo(2);
        assertThat(stage.counts().errors()).containsOnlyKeys("stream_broken");
        assertThat(stage.throughput().windowSeconds()).isEqualTo(10);
        assertThat(stage.throughput().issuedTokensPerSecond()).isEqualTo(50);
        assertThat(stage.throughput().outputTokensPerSecond()).isCloseTo(50, within(1.5));
        // 80 ms times 0.5 to 1.5 is at most 120 ms: only the two failures are bad.
        assertThat(stage.goodput()).isNotNull();
        assertThat(stage.goodput().attainment()).isEqualTo(0.98);
        assertThat(stage.goodput().requestsPerSecond()).isCloseTo(9.8, within(0.2));
        assertThat(stage.metric("ttft_user").quantile(0.5).value()).isCloseTo(80, within(8.0));
        assertThat(stage.metric("ttft_user").quantile(0.99).value()).isNull();
    }

    @Test
    void writesOneHtmlFileThatRequestsNothing() {
        for (Report report : List.of(single(), sweep())) {
            String html = HtmlReport.write(report);

            assertThat(html).doesNotContainPattern("(?i)<(script|link|img|iframe|object)|url\\(|@import|src=|href=");
            assertThat(html).contains("m&lt;1&gt;").doesNotContain("m<1>");
            assertThat(html).contains("prefers-color-scheme: dark", "width=device-width", "<svg", "polyline");
            assertThat(html).doesNotContain("NaN").doesNotContain("Infinity");
        }
    }

    @Test
    void putsTheVerdictOfAnInvalidRunFirst() {
        Report invalid = Reports.report(Verdict.INVALID, Reports.stage("run", 100, 80, 10, OBJECTIVES, 1));

        assertThat(TextReport.write(invalid)).startsWith("INVALID");
        assertThat(HtmlReport.write(invalid)).contains("<p class=\"verdict invalid\">INVALID</p>");
    }

    @Test
    void writesALineOfCsvForEachRequest() {
        List<String> lines = CsvReport.write(single()).lines().toList();

        assertThat(lines).hasSize(101);
        assertThat(lines.get(0).split(",", -1)).hasSize(9);
        assertThat(lines).allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(9));
        assertThat(lines.get(50)).startsWith("run,4.9,failed,").contains(",,,");
    }

    @Test
    void listsWhatDiffersFromTheServersTelemetry() {
        TruthLine differs = new TruthLine("ledger", "output tokens", "640", "641", Agreement.DIFFERS);
        Report report = Reports.report(Verdict.VALID, Reports.stage("run", 20, 80, 10, OBJECTIVES, 1));
        Report compared = new Report(
                report.format(),
                report.run(),
                report.verdict(),
                report.stages(),
                null,
                new Truth(false, List.of(differs)));

        assertThat(TextReport.write(compared))
                .contains("DIFFERS from the client")
                .contains("640")
                .contains("641");
        assertThat(HtmlReport.write(compared)).contains("<td>641</td>");
    }

    @Test
    void seesADifferenceAndNoneWhereThereIsNone() {
        Report base = Reports.report(Verdict.VALID, Reports.stage("run", 500, 80, 10, OBJECTIVES, 1));
        Report same = Reports.report(Verdict.VALID, Reports.stage("run", 500, 80, 10, OBJECTIVES, 2));
        Report slower = Reports.report(Verdict.VALID, Reports.stage("run", 500, 96, 10, OBJECTIVES, 3));

        Comparison.Row equal = row(base, same, "ttft_user p50");
        assertThat(equal.differs()).isFalse();
        assertThat(equal.low()).isLessThan(0);
        Comparison.Row higher = row(base, slower, "ttft_user p50");
        assertThat(higher.differs()).isTrue();
        assertThat(higher.low()).isLessThan(0.2);
        assertThat(higher.high()).isGreaterThan(0.2);
        assertThat(row(base, slower, "tpot p50").differs()).isFalse();
        assertThat(Comparison.rows(base, slower))
                .noneMatch(one -> one.quantity().endsWith("p99"));
        assertThat(Comparison.text(base, slower)).contains("higher").contains("no difference shown");
    }

    private static Comparison.Row row(Report first, Report second, String quantity) {
        return Comparison.rows(first, second).stream()
                .filter(row -> row.quantity().equals(quantity))
                .findFirst()
                .orElseThrow();
    }

    private static Report single() {
        return Reports.report(Verdict.VALID, Reports.stage("run", 100, 80, 10, OBJECTIVES, 1));
    }

    private static Report sweep() {
        Report report = Reports.report(
                Verdict.VALID,
                Reports.stage("50 %", 100, 80, 10, OBJECTIVES, 1),
                Reports.stage("100 %", 8, 80, 10, Objectives.NONE, 2));
        return new Report(
                report.format(),
                report.run(),
                report.verdict(),
                report.stages(),
                new Knee("50 %", 10.0, 20.0, 20.0, "rule"),
                null);
    }

    private static Schema schema() throws IOException {
        String text = new String(
                Objects.requireNonNull(JsonReport.class.getResourceAsStream("report.schema.json"))
                        .readAllBytes(),
                StandardCharsets.UTF_8);
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(text, InputFormat.JSON);
    }
}
