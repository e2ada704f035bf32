package io.vitrine.server.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Headless Chromium, driven by the W3C WebDriver protocol through Debian's {@code chromedriver}. The protocol is JSON
 * over HTTP, so no client library and none of its dependencies is needed. Every wait has a limit; nothing sleeps.
 */
final class Browser implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PROGRAMS = List.of("chromium", "chromedriver");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String address) throws IOException, InterruptedException {
        this.driver = driver;
        Awaitility.await("chromedriver").atMost(LIMIT).ignoreExceptions().until(() -> call(
                        "GET", address + "/status", null)
                .path("ready")
                .asBoolean());
        Map<String, Object> options = Map.of(
                "binary",
                program("chromium").toString(),
                "args",
                List.of(
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-dev-shm-usage",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--window-size=1440,900"));
        Map<String, Object> capabilities =
                Map.of("goog:chromeOptions", options, "goog:loggingPrefs", Map.of("browser", "ALL"));
        JsonNode made = call("POST", address + "/session", Map.of("capabilities", Map.of("alwaysMatch", capabilities)));
        session = address + "/session/" + made.path("sessionId").asText();
        command("POST", "/timeouts", Map.of("script", 2 * LIMIT.toMillis()));
    }

    /** Whether Chromium and its driver are installed. */
    static boolean isInstalled() {
        return PROGRAMS.stream().allMatch(name -> Files.isExecutable(program(name)));
    }

    private static Path program(String name) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("/usr/bin", name));
    }

    static Browser start() throws IOException, InterruptedException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Process driver = new ProcessBuilder(program("chromedriver").toString(), "--port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new Browser(driver, "http://127.0.0.1:" + port);
        } catch (IOException | InterruptedException | RuntimeException e) {
            driver.destroyForcibly();
            throw e;
        }
    }

    void open(String address) {
        command("POST", "/url", Map.of("url", address));
    }

    String address() {
        return command("GET", "/url", null).asText();
    }

    void back() {
        command("POST", "/back", Map.of());
    }

    void size(int width, int height) {
        developer(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** The value of a function body; the page's own policy does not apply to it. */
    JsonNode run(String script, Object... arguments) {
        return command("POST", "/execute/sync", Map.of("script", script, "args", List.of(arguments)));
    }

    /** As {@link #run}, for a body that awaits. */
    JsonNode runAsync(String script, Object... arguments) {
        String whole = "const done = arguments[arguments.length - 1]; (async () => {" + script
                + "})().then(done, error => done({failed: String(error)}));";
        return command("POST", "/execute/async", Map.of("script", whole, "args", List.of(arguments)));
    }

    /** A command of Chromium's own protocol. */
    JsonNode developer(String name, Map<String, Object> parameters) {
        return command("POST", "/goog/cdp/execute", Map.of("cmd", name, "params", parameters));
    }

    /** Waits until the expression is true in the page. */
    void await(String what, String expression) {
        Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> run("try { return Boolean("
                        + expression + "); } catch { return false; }")
                .asBoolean());
    }

    /** Waits until the text stands on the page. */
    void awaitText(String text) {
        Awaitility.await("the text " + text)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> run("return document.body.innerText.includes(arguments[0]);", text)
                        .asBoolean());
    }

    String text(String selector) {
        return run("return document.querySelector(arguments[0])?.innerText ?? '';", selector)
                .asText();
    }

    /** A press as a person makes it: the element must be there, be seen and be on top. */
    void click(String selector) {
        await(selector, "document.querySelector(" + quoted(selector) + ")");
        command("POST", "/element/" + element(selector) + "/click", Map.of());
    }

    /** Presses the button or link with this text. */
    void press(String label) {
        String find = "[...document.querySelectorAll('button, a')].find(item => item.innerText.trim() === "
                + quoted(label) + " && !item.disabled && item.offsetParent)";
        await("button " + label, find);
        run(find + ".click();");
    }

    void type(String selector, String text) {
        await(selector, "document.querySelector(" + quoted(selector) + ")");
        String id = element(selector);
        command("POST", "/element/" + id + "/clear", Map.of());
        command("POST", "/element/" + id + "/value", Map.of("text", text));
    }

    /** Keys to what has the focus. */
    void keys(String text) {
        JsonNode active = command("GET", "/element/active", null);
        command("POST", "/element/" + active.elements().next().asText() + "/value", Map.of("text", text));
    }

    private String element(String selector) {
        return command("POST", "/element", Map.of("using", "css selector", "value", selector))
                .elements()
                .next()
                .asText();
    }

    /** What the browser has complained of since the last call: errors of scripts, of the policy, of requests. */
    List<String> complaints() {
        return command("POST", "/se/log", Map.of("type", "browser")).findValues("message").stream()
                .map(JsonNode::asText)
                .toList();
    }

    /** What the page's scripts hold, after a collection. */
    double heapBytes() {
        developer("HeapProfiler.collectGarbage", Map.of());
        return developer("Runtime.getHeapUsage", Map.of()).path("usedSize").asDouble();
    }

    void screenshot(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(
                    file,
                    Base64.getDecoder()
                            .decode(command("GET", "/screenshot", null).asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String quoted(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode command(String method, String path, @Nullable Object body) {
        try {
            return call(method, session + path, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private JsonNode call(String method, String address, @Nullable Object body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .timeout(LIMIT.multipliedBy(3))
                .method(
                        method,
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        JsonNode value = JSON.readTree(response.body()).path("value");
        if (response.statusCode() != 200) {
            throw new IllegalStateException(
                    address + ": " + value.path("message").asText());
        }
        return value;
    }

    @Override
    public void close() {
        try {
            command("DELETE", "", null);
        } finally {
            driver.destroy();
        }
    }
}
