package io.vitrine.server.console;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The console in a real browser, with real data: one server and one browser for all tests, a new sign-in for each. */
class ConsoleIT {

    private static final Path SHOTS = Path.of("target", "console");
    private static final String INJECTED =
            "<img src=x onerror=\"window.injected=1\"><script>window.injected=1</script>";

    @TempDir
    private static Path folder;

    private static ConsoleServer server;
    private static Browser browser;
    private static String acmeKey;
    private static String acmeRequest;
    private static String ownRequest;
    private static String axe;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(Browser.isInstalled())
                    .as("continuous integration needs chromium and chromedriver")
                    .isTrue();
        }
        assumeThat(Browser.isInstalled()).as("chromium and chromedriver").isTrue();
        try (InputStream in = Objects.requireNonNull(ConsoleIT.class.getResourceAsStream("/axe.min.js"))) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        server = ConsoleServer.start(folder);
        browser = Browser.start();
        acmeKey = server.keyOf("acme", "read-tenant", "infer");
        acmeRequest = server.chat(acmeKey, "Count to five.", 12, "acme-client/1");
        for (int i = 0; i < 3; i++) {
            server.chat(server.adminKey(), "What is the capital of France?", 8, INJECTED);
        }
        ownRequest = server.chat(server.adminKey(), "Tell me a long story about a fox.", 48, "story-client/2");
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void signIn() {
        browser.size(1440, 900);
        signInWith(server.adminKey());
    }

    /** A console without errors is part of every test. */
    @AfterEach
    void hasNoComplaints() {
        assertThat(browser.complaints()).isEmpty();
    }

    private static void signInWith(String key) {
        // A page without scripts: what the console itself asks would race with the change of the session.
        browser.open(server.management() + "/console/icon.svg");
        browser.runAsync("""
            const session = await (await fetch('/console/session')).json();
            const post = (path, body, token) => fetch(path, {method: 'POST', body: JSON.stringify(body),
                headers: {'content-type': 'application/json', 'x-vitrine-csrf': token ?? ''}});
            if (session.signed_in) await post('/console/logout', {}, session.csrf);
            const answer = await post('/console/login', {key: arguments[0]});
            if (!answer.ok) throw new Error(await answer.text());
            return 'signed in';\
            """, key);
        // The browser looks for an icon of the picture.
        browser.complaints();
    }

    private static void open(String page) {
        // Another address first: a change of the fragment alone would not load the console anew.
        browser.open("about:blank");
        browser.open(server.page(page));
        browser.await("the page " + page, "document.querySelector('main > *') && !document.querySelector('.loading')");
    }

    @Test
    void signsInAndOut() {
        open("now");
        browser.click("#sign-out");
        browser.await("the form", "document.querySelector('input[name=key]')");
        browser.type("input[name=key]", server.adminKey());
        browser.press("Sign in");
        browser.await("the page", "document.querySelector('.topbar h1').innerText === 'Now'");
    }

    @Test
    void refusesAChangeWithoutItsToken() {
        open("alerts");
        JsonNode statuses = browser.runAsync("""
            const ask = headers => fetch('/api/silences', {
                method: 'POST', headers: {'content-type': 'application/json', ...headers},
                body: JSON.stringify({matchers: ['alertname=Nothing'], for: '1m', why: 'a test'})
            }).then(answer => answer.status);
            return [await ask({}), await ask({'x-vitrine-csrf': 'wrong'})];\
            """);
        assertThat(statuses).extracting(JsonNode::asInt).containsExactly(403, 403);
        browser.complaints();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "now",
                "requests?t=1h",
                "engine?t=1h",
                "logs?t=1h",
                "alerts?runbook=requests-refused",
                "incidents",
                "slo?t=1h",
                "tenants",
                "machine?t=1h",
                "telemetry?t=1h",
                "try",
                "profile"
            })
    void isAccessibleInBothThemes(String page) {
        open(page);
        for (String theme : List.of("light", "dark")) {
            browser.run("document.documentElement.dataset.theme = arguments[0];", theme);
            assertThat(browser.run("return document.querySelectorAll('main .notice.bad').length")
                            .asInt())
                    .isZero();
            assertThat(findings()).as(page + ", " + theme).isEmpty();
            browser.screenshot(SHOTS.resolve(page.replaceAll("\\W.*", "") + "-" + theme + ".png"));
        }
    }

    /** Serious and critical findings of axe-core, each with the elements. */
    private static List<String> findings() {
        browser.run("if (!window.axe) {" + axe + "\n window.axe = axe; }");
        JsonNode found = browser.runAsync("""
            const result = await window.axe.run(document, {resultTypes: ['violations']});
            return result.violations.filter(item => ['serious', 'critical'].includes(item.impact))
                .map(item => item.id + ': ' + item.nodes.slice(0, 4).map(node => node.html.slice(0, 160)
                    + ' ' + (node.any[0]?.message ?? '')).join(' | '));\
            """);
        return found.findValuesAsText("failed").isEmpty() && found.isArray()
                ? texts(found)
                : List.of("axe failed: " + found);
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "requests?t=1h", "engine", "logs", "alerts", "incidents", "slo", "tenants", "try"})
    void fitsIntoAPhone(String page) {
        browser.size(360, 740);
        open(page);
        assertThat(browser.run("return document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(360);
        assertThat(browser.run("return document.querySelector('main').scrollWidth")
                        .asInt())
                .isLessThanOrEqualTo(360);
        browser.screenshot(SHOTS.resolve(page.replaceAll("\\W.*", "") + "-phone.png"));
    }

    @Test
    void followsAChatToItsWaterfall() {
        open("try");
        browser.type("input[name=max_tokens]", "24");
        browser.type("#prompt", "Say hello.");
        browser.click("#send");
        browser.await("tokens with probabilities", "document.querySelectorAll('.tok[title*=\"%\"]').length > 2");
        browser.await("the trace beside it", "document.querySelector('v-trace')?.spans.length > 5");
        browser.screenshot(SHOTS.resolve("try-answered.png"));
        browser.click("#open-request");
        browser.await("the page of the request", "location.hash.startsWith('#/requests/req')");
        browser.await("its waterfall", "document.querySelector('p-requests v-trace')?.spans.length > 5");
        assertThat(texts(browser.run("return document.querySelector('v-trace').spans.map(span => span.name)")))
                .contains("gateway_request", "queue_enqueue", "prefill", "attention_computation", "token_sampling");
        browser.screenshot(SHOTS.resolve("request.png"));
    }

    @Test
    void walksTheWaterfallByKeyboard() {
        open("requests/" + ownRequest);
        browser.await("the waterfall", "document.querySelector('v-trace')?.spans.length > 5");
        browser.run("document.querySelector('v-trace canvas').focus()");
        int rows = browser.run("return document.querySelector('v-trace').spans.length")
                .asInt();
        String down = "\uE015";
        browser.keys(down + down);
        String second = browser.run(
                        "const view = document.querySelector('v-trace'); return view.spans.findIndex(span => span.id"
                                + " === view.selected)")
                .asText();
        browser.keys("w");
        assertThat(rows).isGreaterThan(5);
        assertThat(second).isEqualTo("2");
        assertThat(browser.run("return document.querySelector('v-trace').axis.zoomed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void comparesASelectionWithTheRest() {
        open("requests?t=1h");
        browser.await("the heat map", "document.querySelector('v-heat')?.map?.cells.length > 0");
        browser.run("""
            const heat = document.querySelector('v-heat');
            const slowest = heat.map.cells.reduce((a, b) => (b.row > a.row ? b : a));
            const start = Date.parse(heat.map.from);
            const {from_ms: least, to_ms: most} = heat.map.rows[slowest.row];
            const to = start + heat.map.columns * heat.map.column_ms;
            heat.dispatchEvent(new CustomEvent('box', {detail: {from: start, to, least, most}}));\
            """);
        browser.awaitText("What is different about it");
        browser.awaitText("different");
        assertThat(browser.address()).contains("box=");
        browser.back();
        browser.await(
                "the page without selection",
                "!location.hash.includes('box=') && !document.body.innerText.includes('is different')");
    }

    @Test
    void saysWhereASearchIsWrong() {
        open("requests?t=1h");
        browser.type("v-search input", "tennant:acme");
        browser.keys("\uE007");
        browser.await("the error", "document.querySelector('v-search .why')");
        assertThat(browser.text("v-search .why")).contains("tennant");
        browser.complaints();
        browser.type("v-search input", "tenant:acme");
        browser.keys("\uE007");
        browser.await("acme's rows", "[...document.querySelectorAll('tbody tr td:nth-child(3)')].length > 0");
        assertThat(texts(browser.run("return [...document.querySelectorAll('tbody tr td:nth-child(3)')].map(cell =>"
                        + " cell.innerText)")))
                .containsOnly("acme");
    }

    @Test
    void silencesAnAlert() {
        open("alerts");
        browser.awaitText("SilentDrill");
        browser.run("""
            const rows = [...document.querySelectorAll('section[aria-label="Active alerts"] tr')];
            const row = rows.find(item => item.innerText.includes('SilentDrill'));
            [...row.querySelectorAll('button')].find(button => button.innerText === 'Silence').click();\
            """);
        browser.await("the form", "document.querySelector('dialog[open]')");
        browser.type("dialog[open] input[name=why]", INJECTED);
        browser.click("dialog[open] button.primary");
        browser.awaitText("suppressed: silence");
        browser.press("End now");
        browser.awaitText("No silence");
    }

    @Test
    void walksAnIncidentToClosed() throws IOException, InterruptedException {
        String id = server.manage("POST", "/api/incidents", Map.of("title", "Drill " + INJECTED, "severity", "P1"))
                .path("id")
                .asText();
        open("incidents/" + id);
        browser.click("#acknowledge");
        browser.awaitText("Acknowledged");
        browser.type("input[name=commander]", "ann");
        browser.type("input[name=war_room]", "#ops");
        browser.press("Assign");
        browser.await("the commander", "document.querySelector('.stats').innerText.includes('ann')");
        for (String state : List.of("triaged", "investigating", "mitigating", "resolved")) {
            step(state);
        }
        browser.type("#cause", "a worn disk");
        browser.press("Write");
        browser.awaitText("a worn disk");
        step("reviewed");
        browser.type("#action-item input[name=text]", "watch disk wear");
        browser.type("#action-item input[name=owner]", "bob");
        browser.run(
                "document.querySelector('#action-item input[name=due]').value = arguments[0]",
                LocalDate.now(ZoneOffset.UTC).plusDays(9).toString());
        browser.press("Add");
        browser.awaitText("watch disk wear");
        step("closed");
        browser.press("Show the draft");
        browser.await("the post-mortem", "document.querySelector('.prose')?.innerText.includes('Root cause')");
        browser.screenshot(SHOTS.resolve("incident.png"));
        assertThat(server.manage("GET", "/api/incidents/" + id, Map.of())
                        .path("state")
                        .asText())
                .isEqualTo("closed");
        assertThat(browser.run("return window.injected ?? 0").asInt()).isZero();
    }

    private static void step(String state) {
        browser.click("button[data-state=" + state + "]");
        browser.await(state, "document.querySelector('.steps .now')?.innerText === " + Browser.quoted(state));
    }

    @Test
    void keepsTenantsApart() {
        signInWith(acmeKey);
        open("requests?t=1h");
        browser.await("its requests", "document.querySelector('tbody tr td:nth-child(3)')");
        assertThat(browser.text("main"))
                .contains(acmeRequest.substring(0, 18))
                .doesNotContain(ownRequest.substring(0, 18));
        assertThat(browser.text("nav.side"))
                .contains("Requests", "Try it")
                .doesNotContain("Alerts", "Incidents", "Telemetry");
        JsonNode statuses = browser.runAsync("""
            const ask = path => fetch(path).then(answer => answer.status);
            return [await ask('/api/requests/OTHER'), await ask('/api/alerts'), await ask('/api/tenants')];\
            """.replace("OTHER", ownRequest));
        assertThat(statuses).extracting(JsonNode::asInt).containsExactly(404, 403, 403);
        browser.complaints();
        open("alerts");
        assertThat(browser.text("main")).contains("no such page");
    }

    @Test
    void leavesInjectedScriptsText() {
        open("logs?t=1h");
        browser.await("lines", "document.querySelectorAll('.logline').length > 3");
        open("requests/" + ownRequest);
        browser.await("the waterfall", "document.querySelector('v-trace')?.spans.length > 5");
        browser.runAsync("""
            const {markdown} = await import('/console/js/markdown.js');
            const lines = ['# ' + arguments[0], '', '[x](javascript:window.injected=1)', '', '| a |', '|---|',
                '| ' + arguments[0] + ' |'];
            document.querySelector('main').append(markdown(lines.join('\\n')));
            document.querySelectorAll('.prose a').forEach(link => link.click());
            return 1;\
            """, INJECTED);
        assertThat(browser.text(".prose")).contains("<script>");
        assertThat(browser.run("return window.injected ?? 0").asInt()).isZero();
    }

    @Test
    void refusesInlineScriptsAndStyles() {
        open("now");
        browser.run("""
            const script = document.createElement('script');
            script.textContent = 'window.inline = 1';
            document.body.append(script);
            document.body.insertAdjacentHTML('beforeend', '<i id="styled" style="position:fixed">x</i>');\
            """);
        assertThat(browser.run("return window.inline ?? 0").asInt()).isZero();
        assertThat(browser.run("return getComputedStyle(document.querySelector('#styled')).position")
                        .asText())
                .isEqualTo("static");
        assertThat(browser.complaints()).anyMatch(line -> line.contains("Content Security Policy"));
    }

    @Test
    void asksNoOtherServer() {
        open("requests/" + ownRequest);
        browser.await("the waterfall", "document.querySelector('v-trace')");
        assertThat(texts(browser.run(
                        "return performance.getEntriesByType('resource').map(item => new URL(item.name).origin)")))
                .isNotEmpty()
                .containsOnly(server.management());
    }

    @Test
    void keepsItsHeapFlat() {
        open("logs?tail=1");
        String deliver = """
            const {stream} = await import('/console/js/net.js');
            const fields = {duration_ms: 12.5, output_tokens: 7, model_name: 'smollm2'};
            for (let i = 0; i < COUNT; i++) {
              stream.deliver('logs', {at: new Date(1.8e12 + i).toISOString(), level: 'INFO', category: 'response',
                  event: 'request_completed', message: 'request_completed number ' + i, tenant_id: 't' + i % 9,
                  request_id: 'req_' + i, span_id: String(i), fields: {...fields}});
              if (i % 5000 === 0) await new Promise(done => requestAnimationFrame(done));
            }
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            return 1;\
            """;
        browser.runAsync(deliver.replace("COUNT", "50000"));
        double before = browser.heapBytes();
        browser.runAsync(deliver.replace("COUNT", "200000"));
        double after = browser.heapBytes();
        assertThat(after).isLessThan(before * 1.1);
        assertThat(browser.run("return document.querySelectorAll('.logline').length")
                        .asInt())
                .isLessThanOrEqualTo(500);
        browser.click("#pause");
        browser.runAsync(deliver.replace("COUNT", "50"));
        browser.awaitText("50 held back");
    }

    @Test
    void recordsAFlameGraph() throws IOException, InterruptedException {
        open("profile");
        browser.run("document.querySelector('select[name=seconds]').value = '5'");
        browser.click("#record");
        server.chat(server.adminKey(), "Tell me a story about a crow.", 24, "profiled/1");
        browser.await(
                "frames of native code",
                "JSON.stringify(document.querySelector('v-flame')?.root ?? '').includes('is_native')");
        browser.screenshot(SHOTS.resolve("profile-recorded.png"));
    }

    @Test
    void labelsItsTimeZone() {
        open("logs?t=1h");
        assertThat(browser.text(".topbar")).contains("UTC");
        String zone = browser.run("return Intl.DateTimeFormat().resolvedOptions().timeZone")
                .asText();
        browser.run("document.querySelector('[aria-label^=\"Time zone\"]').click()");
        browser.await(
                "the local zone", "document.querySelector('.topbar').innerText.includes(" + Browser.quoted(zone) + ")");
        browser.run("localStorage.clear()");
    }
}
