package io.vitrine.server.console;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import io.vitrine.server.archive.StoredServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SearchRoutesTest {

    private static final int ANSWERED = 6;
    private static final String EVIL = "req_evil.-1";

    @TempDir
    static Path folder;

    private static StoredServer stored;

    @BeforeAll
    static void start() {
        stored = new StoredServer(folder, 2, "telemetry.traces.ratio=1");
        for (int i = 0; i < ANSWERED; i++) {
            stored.chat("req_" + i, i % 2 == 0 ? "hi" : "hello there, what is the time of the day?");
        }
        stored.server()
                .send(stored.server()
                        .postRequest(TestServer.CHAT, "{\"model\":\"nothing\",\"messages\":[]}")
                        .header("x-request-id", EVIL)
                        .build());
        stored.ask(search("requests", ""), page -> page.path("data").size() == ANSWERED + 1);
    }

    @AfterAll
    static void stop() {
        stored.close();
    }

    private static String search(String what, String query) {
        return "/api/search/" + what + "?q=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    }

    private static JsonNode ask(String path) {
        HttpResponse<String> response = stored.server().getManagement(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.parse(response.body());
    }

    private static List<String> ids(String query) {
        return ask(search("requests", query)).path("data").findValuesAsText("request_id");
    }

    @Test
    void findsRequestsByTypedKeys() {
        assertThat(ids("outcome:completed")).hasSize(ANSWERED).first().isEqualTo("req_5");
        assertThat(ids("status:completed finish:length")).hasSize(ANSWERED);
        assertThat(ids("-outcome:completed")).containsExactly(EVIL);
        assertThat(ids("status>=400")).containsExactly(EVIL);
        assertThat(ids("id:req_3")).containsExactly("req_3");
        assertThat(ids("id:req_1,req_2 tenant:default")).containsExactly("req_2", "req_1");
        assertThat(ids("tenant:nobody")).isEmpty();
        assertThat(ids("out:8 in>20")).containsExactly("req_5", "req_3", "req_1");
        assertThat(ids("duration>0 ttft<1h")).hasSize(ANSWERED);
        assertThat(ids("error:invalid_request_error refused")).containsExactly(EVIL);
    }

    @Test
    void pagesAndSorts() {
        JsonNode first = ask(search("requests", "") + "&limit=4");
        assertThat(first.path("data")).hasSize(4);
        assertThat(first.path("more").asBoolean()).isTrue();
        JsonNode second = ask("/api/search/requests?limit=4&offset=4&from="
                + first.path("from").asText() + "&to=" + first.path("to").asText());
        assertThat(second.path("data")).hasSize(ANSWERED + 1 - 4);
        assertThat(second.path("more").asBoolean()).isFalse();
        assertThat(second.path("complete").asBoolean()).isTrue();
        List<JsonNode> slowest =
                ask(search("requests", "") + "&order=slowest").path("data").findValues("duration_ms");
        assertThat(slowest).isSortedAccordingTo((a, b) -> Double.compare(b.asDouble(), a.asDouble()));
    }

    @Test
    void givesTheSameAsCsv() {
        HttpResponse<String> csv =
                stored.server().getManagement(search("requests", "outcome:completed") + "&format=csv");

        assertThat(csv.headers().firstValue("content-type")).contains("text/csv; charset=utf-8");
        List<String> lines = csv.body().lines().toList();
        assertThat(lines).hasSize(ANSWERED + 1);
        assertThat(lines.get(0)).startsWith("at,start,request_id,tenant_id,trace_id,model");
        assertThat(lines.get(1)).contains(",req_5,default,", ",length");
    }

    @Test
    void aMistakeHasAPosition() {
        HttpResponse<String> response = stored.server().getManagement(search("requests", "outcome:completed tofu>1"));

        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = TestServer.parse(response.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_query");
        assertThat(error.path("position").asInt()).isEqualTo(18);
        assertThat(error.path("length").asInt()).isEqualTo(4);
        assertThat(error.path("expected").toString()).contains("\"ttft\"");
    }

    @Test
    void theHeatMapCountsEveryRequestOnce() {
        JsonNode map = ask(search("heatmap", "") + "&columns=10&metric=ttft");

        assertThat(map.path("total").asInt()).isEqualTo(ANSWERED);
        int count = 0;
        for (JsonNode cell : map.path("cells")) {
            count += cell.path("count").asInt();
            JsonNode row = map.path("rows").get(cell.path("row").asInt());
            for (JsonNode id : cell.path("exemplars")) {
                double ttft = ask(search("requests", "id:" + id.asText()))
                        .at("/data/0/ttft_ms")
                        .asDouble();
                assertThat(ttft)
                        .isGreaterThanOrEqualTo(row.path("from_ms").asDouble())
                        .isLessThan(row.path("to_ms").asDouble());
            }
        }
        assertThat(count).isEqualTo(ANSWERED);
        JsonNode all = ask(search("heatmap", ""));
        assertThat(all.path("total").asInt()).isEqualTo(ANSWERED + 1);
    }

    @Test
    void comparesASelectionWithTheRest() {
        JsonNode found = ask(search("compare", "outcome:completed") + "&select="
                + URLEncoder.encode("in>20", StandardCharsets.UTF_8));

        assertThat(found.path("selected").asInt()).isEqualTo(3);
        assertThat(found.path("rest").asInt()).isEqualTo(3);
        assertThat(found.path("attributes").findValuesAsText("attribute"))
                .as("what it was selected by is left out")
                .doesNotContain("in");
        JsonNode whole = ask(search("compare", "") + "&select=in:0");
        assertThat(whole.path("selected").asInt()).isZero();
        JsonNode failed = ask(search("compare", "") + "&select="
                + URLEncoder.encode("-error:queue_full status:400,404", StandardCharsets.UTF_8));
        JsonNode first = failed.path("attributes").get(0);
        assertThat(first.path("difference").asDouble()).isEqualTo(1);
        assertThat(first.path("values").get(0).path("selected_share").asDouble()
                        + first.path("values").get(0).path("rest_share").asDouble())
                .isEqualTo(1);
        JsonNode none = ask(search("compare", "") + "&select=tenant:nobody");
        assertThat(none.path("selected").asInt()).isZero();
    }

    @Test
    void completesFromWhatIsStored() {
        JsonNode values = ask("/api/search/complete?for=requests&q=tenant:&cursor=7");
        assertThat(values.path("items").get(0).path("insert").asText()).isEqualTo("default");
        JsonNode models = ask("/api/search/complete?q=model:te&cursor=8");
        assertThat(models.path("items").get(0).path("insert").asText()).isEqualTo("test/model");
        assertThat(ask("/api/search/complete?for=logs&q=&cursor=0")
                        .path("items")
                        .findValuesAsText("insert"))
                .contains("level:", "event:", "duration>");
        assertThat(ask("/api/search/language?for=requests").path("keys").findValuesAsText("key"))
                .contains("tenant", "ttft")
                .doesNotContain("level");
    }

    @Test
    void searchesLogs() {
        JsonNode page = ask(search("logs", "event:request_completed tenant:default -status:200"));
        assertThat(page.path("data").findValuesAsText("request_id")).contains(EVIL);
        assertThat(ask(search("logs", "level:ERROR nothing")).path("data")).isEmpty();
    }

    @Test
    void boundsWhatASearchReads(@TempDir Path other) {
        try (StoredServer bounded = new StoredServer(other, 1, "console.search-rows=100")) {
            for (int i = 0; i < 101; i++) {
                bounded.server().post(TestServer.CHAT, "{}");
            }
            JsonNode page = bounded.ask(search("requests", "tenant:none,other"), answer -> !answer.path("complete")
                    .asBoolean());
            assertThat(page.path("scanned").asInt()).isEqualTo(100);
        }
    }
}
