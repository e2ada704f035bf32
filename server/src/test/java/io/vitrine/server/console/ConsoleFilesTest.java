package io.vitrine.server.console;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleFilesTest {

    private static final int MOST_SCRIPT_BYTES = 150 * 1024;
    private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\s*\\(?\\s*[\"']([^\"']+)[\"']");

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<byte[]> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.managementUri(path));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return server.client().send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void servesThePageUnderAStrictPolicy() throws Exception {
        HttpResponse<byte[]> page = get("/console/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        String policy = page.headers().firstValue("content-security-policy").orElseThrow();
        assertThat(policy)
                .startsWith("default-src 'none'; script-src 'self'")
                .contains("frame-ancestors 'none'", "connect-src 'self'", "base-uri 'none'")
                .doesNotContain("unsafe", "http:", "https:", "*");
        Matcher map = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL)
                .matcher(text(page));
        assertThat(map.find()).isTrue();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(map.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(policy).contains("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        assertThat(page.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(text(page)).doesNotContain(" style=", " onclick=", "http://", "https://");
    }

    @Test
    void aPathOfThePagesOwnIsThePage() {
        assertThat(text(get("/console/requests/req_1"))).isEqualTo(text(get("/console/")));
        HttpResponse<byte[]> short_ = get("/console");
        assertThat(short_.statusCode()).isEqualTo(302);
        assertThat(short_.headers().firstValue("location")).contains("/console/");
    }

    @Test
    void anUnchangedFileIsNotSentAgain() {
        HttpResponse<byte[]> first = get("/console/lib/lit-html/lit-html.js");
        String tag = first.headers().firstValue("etag").orElseThrow();

        HttpResponse<byte[]> again = get("/console/lib/lit-html/lit-html.js", "if-none-match", tag);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(get("/console/lib/lit-html/lit-html.js", "if-none-match", "\"other\"")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void sendsGzipToWhoeverTakesIt() throws IOException {
        HttpResponse<byte[]> plain = get("/console/lib/uplot/dist/uPlot.iife.min.js");
        HttpResponse<byte[]> packed = get("/console/lib/uplot/dist/uPlot.iife.min.js", "accept-encoding", "gzip");

        assertThat(packed.headers().firstValue("content-encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("etag"))
                .isNotEqualTo(plain.headers().firstValue("etag"));
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(in.readAllBytes()).isEqualTo(plain.body());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/../pom.properties",
                "/console/%2e%2e/ConsoleFiles.class",
                "/console/..%2fhttp/ConsoleFiles.class",
                "/console/lib/lit/../../secret.js",
                "/console/lib/unknown/index.js",
                "/console/lib/lit/%2e%2e/%2e%2e/x.js",
                "/console//etc/passwd.txt",
                "/console/.hidden.js",
                "/console/js/%00.js",
                "/console/nothing.js",
                "/console/lib/lit/package-info.class"
            })
    void leadsNowhereElse(String path) throws IOException {
        String answer = server.exchangeWithManagement(
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (404|400) .*");
    }

    @Test
    void servesAFolderWhileItIsDeveloped(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("index.html"), "one");
        try (TestServer developed = TestServer.start("console.directory=" + folder)) {
            assertThat(developed.getManagement("/console/").body()).isEqualTo("one");
            Files.writeString(folder.resolve("index.html"), "two");
            assertThat(developed.getManagement("/console/").body()).isEqualTo("two");
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (TestServer without = TestServer.start("console.enabled=false")) {
            assertThat(without.getManagement("/console/").statusCode()).isEqualTo(404);
            assertThat(without.getManagement("/api/live?topics=logs").statusCode())
                    .isEqualTo(404);
        }
    }

    /** Follows every import from the page, as a browser would. */
    @Test
    void allScriptsTogetherAreSmallAndThere() throws Exception {
        String page = text(get("/console/"));
        Map<String, String> imports = importMap(page);
        Deque<String> open = new ArrayDeque<>();
        Matcher scripts = Pattern.compile("<script[^>]*\\ssrc=\"([^\"]+)\"").matcher(page);
        while (scripts.find()) {
            open.add(URI.create("/console/").resolve(scripts.group(1)).toString());
        }
        ownScripts().forEach(open::add);
        Set<String> seen = new LinkedHashSet<>();
        Map<String, Integer> sizes = new TreeMap<>();
        while (!open.isEmpty()) {
            String path = open.remove();
            if (!seen.add(path)) {
                continue;
            }
            HttpResponse<byte[]> script = get(path);
            assertThat(script.statusCode()).as(path).isEqualTo(200);
            sizes.put(path, gzipped(script.body()));
            Matcher imported = IMPORT.matcher(text(script));
            while (imported.find()) {
                resolved(imported.group(1), path, imports).forEach(open::add);
            }
        }
        assertThat(sizes).containsKey("/console/lib/lit-html/lit-html.js");
        assertThat(sizes.values().stream().mapToInt(Integer::intValue).sum())
                .as("bytes of all scripts, gzip: " + sizes)
                .isLessThanOrEqualTo(MOST_SCRIPT_BYTES);
    }

    private static Map<String, String> importMap(String page) {
        Matcher map = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page);
        assertThat(map.find()).isTrue();
        JsonNode imports = TestServer.parse(map.group(1)).path("imports");
        Map<String, String> found = new LinkedHashMap<>();
        imports.properties()
                .forEach(one -> found.put(one.getKey(), one.getValue().asText()));
        return found;
    }

    private static Stream<String> resolved(String name, String from, Map<String, String> imports) {
        if (name.startsWith(".") || name.startsWith("/")) {
            return Stream.of(URI.create(from).resolve(name).toString());
        }
        if (imports.containsKey(name)) {
            return Stream.of(imports.get(name));
        }
        return imports.keySet().stream()
                .filter(key -> key.endsWith("/") && name.startsWith(key))
                .map(key -> imports.get(key) + name.substring(key.length()));
    }

    private static List<String> ownScripts() throws IOException, URISyntaxException {
        Path folder = Path.of(TestServer.class
                        .getResource("/io/vitrine/server/console/index.html")
                        .toURI())
                .getParent();
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".js"))
                    .map(file -> "/console/" + folder.relativize(file))
                    .toList();
        }
    }

    private static int gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.size();
    }
}
