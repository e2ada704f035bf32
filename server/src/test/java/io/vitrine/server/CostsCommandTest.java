package io.vitrine.server;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.time.Instant.parse;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code costs}, on a ledger that no server has open. */
class CostsCommandTest {

    @TempDir
    private Path data;

    private String out = "";
    private String err = "";

    @BeforeEach
    void threeRequestsOfTwoTenantsOnTwoDays() {
        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            ledger.append(entry("1", "2026-11-23T23:59:59Z", "acme")).join();
            ledger.append(entry("2", "2026-11-24T00:00:00Z", "acme")).join();
            ledger.append(entry("3", "2026-11-24T12:00:00Z", "zeta")).join();
        }
    }

    private static CostEntry entry(String id, String at, String tenant) {
        return entry(id, at, tenant, 2_000_000_000L);
    }

    private static CostEntry entry(String id, String at, String tenant, @Nullable Long revenue) {
        return new CostEntry(
                "ent_" + id,
                id,
                parse(at).toEpochMilli(),
                tenant,
                null,
                "m",
                "/v1/chat/completions",
                "completed",
                100,
                40,
                10,
                "EUR",
                revenue,
                500_000_000L,
                1_500_000_000L,
                3_600.0 * (1L << 30),
                null,
                null);
    }

    @Test
    void theTableHasALineForEachDayTenantAndModel() {
        assertThat(run("costs", "--from", "2026-11-23", "--to", "2026-11-24")).isZero();
        assertThat(out.lines().toList()).hasSize(4);
        assertThat(out).contains("2026-11-23", "acme", "zeta", "EUR", "1.5");
    }

    @Test
    void jsonHasEveryFigureThatIsKnown() {
        assertThat(run("costs", "--tenant", "acme", "--from", "2026-11-24", "--to", "2026-11-24", "--format", "json"))
                .isZero();
        JsonNode line = TestServer.parse(out).path("costs").path(0);
        assertThat(TestServer.parse(out).path("costs")).hasSize(1);
        assertThat(line.path("requests").asInt()).isEqualTo(1);
        assertThat(line.path("revenue").decimalValue()).isEqualByComparingTo("2");
        assertThat(line.path("infrastructure_cost").decimalValue()).isEqualByComparingTo("0.5");
        assertThat(line.path("margin").decimalValue()).isEqualByComparingTo("1.5");
        assertThat(line.path("margin_ratio").asDouble()).isEqualTo(0.75);
        assertThat(line.path("cost_per_token").asDouble()).isEqualTo(0.5 / 110);
        assertThat(line.path("kv_gibibyte_hours").asDouble()).isEqualTo(1);
        assertThat(line.path("cost_per_output_token").asDouble()).isEqualTo(0.05);
        assertThat(line.path("unpriced_requests").asInt()).isZero();
        assertThat(line.get("joules").isNull()).isTrue();
    }

    @Test
    void csvHasNamesAndALineForEach() {
        assertThat(run("costs", "--from", "2026-11-01", "--to", "2026-11-30", "--format", "csv"))
                .isZero();
        assertThat(out.lines().toList()).hasSize(4).first().asString().startsWith("day,tenant,model,requests,");
        assertThat(out).contains("2026-11-24,zeta,m,1,0,0,100,40,10,EUR,2.000000000,0.500000000,1.500000000");
    }

    @Test
    void noPriceIsNotAPriceOfZero() {
        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            ledger.append(entry("4", "2026-11-25T12:00:00Z", "acme", null)).join();
        }
        String[] day = {"costs", "--from", "2026-11-25", "--to", "2026-11-25", "--format", "json"};
        assertThat(run(day)).isZero();
        JsonNode line = TestServer.parse(out).path("costs").path(0);
        for (String figure : List.of("revenue", "margin", "revenue_per_request", "margin_ratio")) {
            assertThat(line.get(figure).isNull()).as(figure).isTrue();
        }
        assertThat(line.path("unpriced_requests").asInt()).isEqualTo(1);
        assertThat(line.path("infrastructure_cost").decimalValue()).isEqualByComparingTo("0.5");
        day[6] = "csv";
        assertThat(run(day)).isZero();
        assertThat(out).contains(",m,1,1,0,100,40,10,EUR,,0.500000000,,,0.5,");
        day[6] = "table";
        assertThat(run(day)).isZero();
        assertThat(out.lines().toList().get(1)).matches("2026-11-25 +acme +m +1 +1 +100 +40 +10 +– +0\\.5 +– +EUR");
    }

    @Test
    void aSumOfPricedAndUnpricedRequestsSaysHowManyHadNoPrice() {
        try (Ledger ledger = Ledger.open(LedgerSettings.in(data.resolve("store")))) {
            ledger.append(entry("4", "2026-11-24T12:00:00Z", "acme", null)).join();
            ledger.append(entry("5", "2026-11-24T12:00:00Z", "acme", 0L)).join();
        }
        assertThat(run("costs", "--tenant", "acme", "--from", "2026-11-24", "--to", "2026-11-24", "--format", "json"))
                .isZero();
        JsonNode line = TestServer.parse(out).path("costs").path(0);
        assertThat(line.path("requests").asInt()).isEqualTo(3);
        assertThat(line.path("unpriced_requests").asInt()).isEqualTo(1);
        assertThat(line.path("revenue").decimalValue()).isEqualByComparingTo("2");
        // Of the two priced requests, of which one is free.
        assertThat(line.path("margin").decimalValue()).isEqualByComparingTo("1");
        assertThat(line.path("revenue_per_request").asDouble()).isEqualTo(1);
    }

    @Test
    void exportsTheEntriesThemselves() throws Exception {
        Path csv = data.resolve("entries.csv");
        assertThat(run("costs", "--from", "2026-11-23", "--to", "2026-11-24", "--export", csv.toString()))
                .isZero();
        assertThat(Files.readAllLines(csv)).hasSize(4);
        Path parquet = data.resolve("entries.parquet");
        assertThat(run("costs", "--from", "2026-11-23", "--to", "2026-11-24", "--export", parquet.toString()))
                .isZero();
        assertThat(Files.readString(parquet, StandardCharsets.ISO_8859_1)).startsWith("PAR1");
        assertThat(err).contains("wrote 3 entries");
    }

    @Test
    void refusesWhatIsNoDayAndWhatEndsBeforeItBegins() {
        assertThat(run("costs", "--from", "yesterday")).isEqualTo(2);
        assertThat(run("costs", "--from", "2026-11-24", "--to", "2026-11-23")).isEqualTo(2);
        assertThat(run("costs", "--export", "costs.xlsx")).isEqualTo(2);
        assertThat(err).contains(".csv or .parquet");
    }

    private int run(String... arguments) {
        String[] all = IntStream.range(0, arguments.length + 2)
                .mapToObj(i -> i < arguments.length ? arguments[i] : i == arguments.length ? "--data" : data.toString())
                .toArray(String[]::new);
        StringWriter output = new StringWriter();
        StringWriter errors = new StringWriter();
        int status = Main.commandLine()
                .setOut(new PrintWriter(output))
                .setErr(new PrintWriter(errors))
                .execute(all);
        out = output.toString();
        err = errors.toString();
        return status;
    }
}
