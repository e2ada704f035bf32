package io.vitrine.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.engine.Engine;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.ErrorType;
import io.vitrine.observability.FeedbackGiven;
import io.vitrine.observability.InferenceEnd;
import io.vitrine.observability.InferenceStart;
import io.vitrine.observability.RequestIdentity;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.ToolCalls;
import io.vitrine.server.alerting.AlertTime;
import io.vitrine.server.config.ConfigReader;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.Setting;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.KeyRequest;
import io.vitrine.tenants.keys.Scope;

import static org.awaitility.Awaitility.await;

/** The real server on free ports, with a scripted model; and a client for it. */
public final class TestServer implements AutoCloseable {

    public static final String CHAT = "/v1/chat/completions";
    public static final String COMPLETIONS = "/v1/completions";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();
    private final ScriptedRunner runner = TestModel.runner();
    private final List<RequestSummary> summaries = new CopyOnWriteArrayList<>();
    private final AtomicLong aheadNanos = new AtomicLong();
    private volatile OptionalLong frozenNanos = OptionalLong.empty();
    private final Path data = temporaryFolder();
    private final Tenancy tenancy;
    private final InferenceServer server;

    private TestServer(
            List<String> settings,
            Telemetry telemetry,
            Optional<TelemetryHistory> history,
            int slots,
            Optional<ModelLoader> loader) {
        NanoClock clock = () -> frozenNanos.orElseGet(System::nanoTime) + aheadNanos.get();
        ServerConfig config = config(data, settings);
        tenancy = Tenancy.open(config, telemetry.events(), clock, Clock.systemUTC());
        server = new InferenceServer(
                config,
                ModelLoading.begin(loader.orElse(ignored -> TestModel.with(runner, slots)), config, clock),
                telemetry,
                tenancy,
                new Recording(telemetry.requestListener(), summaries),
                history,
                clock,
                AlertTime.of(clock));
        server.bind();
    }

    /** Keeps the summaries, and lets telemetry hear everything. */
    private record Recording(RequestListener next, List<RequestSummary> summaries) implements RequestListener {

        @Override
        public RequestListener pinned() {
            return new Recording(next.pinned(), summaries);
        }

        @Override
        public GenerationListener.Factory generations(GenerationListener.Factory metered) {
            return next.generations(metered);
        }

        @Override
        public void offered(String requestId) {
            next.offered(requestId);
        }

        @Override
        public void received(RequestIdentity request) {
            next.received(request);
        }

        @Override
        public void authSucceeded(RequestIdentity request) {
            next.authSucceeded(request);
        }

        @Override
        public void authFailed(RequestIdentity request, ErrorType reason) {
            next.authFailed(request, reason);
        }

        @Override
        public void limitExceeded(RequestIdentity request, ErrorType reason) {
            next.limitExceeded(request, reason);
        }

        @Override
        public void queueFull(RequestIdentity request, String modelName) {
            next.queueFull(request, modelName);
        }

        @Override
        public void constraintCompiled(RequestIdentity request, ConstraintCompiled constraint) {
            next.constraintCompiled(request, constraint);
        }

        @Override
        public void constraintRefused(RequestIdentity request, String keyword) {
            next.constraintRefused(request, keyword);
        }

        @Override
        public void toolsCalled(RequestIdentity request, String modelName, ToolCalls calls) {
            next.toolsCalled(request, modelName, calls);
        }

        @Override
        public void feedbackGiven(RequestIdentity request, FeedbackGiven feedback) {
            next.feedbackGiven(request, feedback);
        }

        @Override
        public void inferenceStarted(InferenceStart inference) {
            next.inferenceStarted(inference);
        }

        @Override
        public void inferenceCompleted(InferenceEnd inference) {
            next.inferenceCompleted(inference);
        }

        @Override
        public void ended(RequestSummary summary) {
            next.ended(summary);
            summaries.add(summary);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("vitrine-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ServerConfig config(Path data, List<String> settings) {
        List<Setting> sets = Stream.concat(
                        Stream.of(
                                "data=" + data,
                                "server.port=0",
                                "server.management-port=0",
                                "server.shutdown-grace=10s"),
                        settings.stream())
                .map(ConfigReader::parseSet)
                .toList();
        return new ConfigReader(Map.of()).read(Optional.empty(), sets).config();
    }

    /** A server that answers, with 4 slots. */
    public static TestServer start(String... settings) {
        return start(4, settings);
    }

    public static TestServer start(int slots, String... settings) {
        return start(Telemetry.off(), slots, settings);
    }

    public static TestServer start(Telemetry telemetry, int slots, String... settings) {
        return start(telemetry, Optional.empty(), slots, settings);
    }

    /** A server that can be asked about what was. */
    public static TestServer start(
            Telemetry telemetry, Optional<TelemetryHistory> history, int slots, String... settings) {
        TestServer started = new TestServer(List.of(settings), telemetry, history, slots, Optional.empty());
        started.loadModel();
        return started;
    }

    /** A server that answers with a model of the test's own. */
    public static TestServer start(Telemetry telemetry, ModelLoader loader, String... settings) {
        TestServer started = new TestServer(List.of(settings), telemetry, Optional.empty(), 1, Optional.of(loader));
        started.loadModel();
        return started;
    }

    /** A server that can be asked about what was, with a model of the test's own. */
    public static TestServer start(
            Telemetry telemetry, Optional<TelemetryHistory> history, ModelLoader loader, String... settings) {
        TestServer started = new TestServer(List.of(settings), telemetry, history, 1, Optional.of(loader));
        started.loadModel();
        return started;
    }

    /** A server that listens, and loads its model when told to. */
    public static TestServer bound(ModelLoader loader) {
        return new TestServer(List.of(), Telemetry.off(), Optional.empty(), 1, Optional.of(loader));
    }

    public void loadModel() {
        try {
            server.serveModel();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public ScriptedRunner runner() {
        return runner;
    }

    public Engine engine() {
        return server.state().model().orElseThrow().engine();
    }

    public InferenceServer server() {
        return server;
    }

    /** Tenants, keys, limits and budgets of the server. */
    public Tenancy tenancy() {
        return tenancy;
    }

    /** Puts a tenant in force, and makes a key of it that runs models. */
    public String keyOf(Tenant tenant) {
        return keyOf(tenant, Scope.INFER);
    }

    public String keyOf(Tenant tenant, Scope... scopes) {
        tenancy.registry().put(tenant, "test");
        KeyRequest request = new KeyRequest(tenant.id(), "test", Set.of(scopes), null);
        return tenancy.registry().keys().create(request, "test").reveal();
    }

    /** A POST with a key. */
    public HttpResponse<String> post(String path, String body, String key) {
        return send(
                postRequest(path, body).header("authorization", "Bearer " + key).build());
    }

    /** A request to the management port, with a key unless that is empty. */
    public HttpResponse<String> manage(String method, String path, String body, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(managementUri(path))
                .timeout(LIMIT)
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(body));
        return send((key.isEmpty() ? request : request.header("authorization", "Bearer " + key)).build());
    }

    /** Where the server keeps everything, unless a setting has another folder; gone with it. */
    public Path data() {
        return data;
    }

    /** From now on the server's clock goes on only by {@link #advance}: buckets do not refill meanwhile. */
    public void stopClock() {
        frozenNanos = OptionalLong.of(System.nanoTime());
    }

    /** Moves the server's clock on. */
    public void advance(Duration time) {
        aheadNanos.addAndGet(time.toNanos());
    }

    /** A POST whose answer is awaited elsewhere. */
    public CompletableFuture<HttpResponse<String>> postAsync(String path, String body) {
        return client.sendAsync(postRequest(path, body).build(), BodyHandlers.ofString());
    }

    /** What the request listener was told so far. */
    public List<RequestSummary> summaries() {
        return List.copyOf(summaries);
    }

    /** The same, once there are {@code count}. */
    public List<RequestSummary> awaitSummaries(int count) {
        await().atMost(LIMIT).until(() -> summaries.size() >= count);
        return summaries();
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.apiPort() + path);
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    public HttpResponse<String> getManagement(String path) {
        return send(HttpRequest.newBuilder(managementUri(path)).build());
    }

    public HttpResponse<String> putManagement(String path, String contentType, String body) {
        return send(HttpRequest.newBuilder(managementUri(path))
                .header("content-type", contentType)
                .PUT(BodyPublishers.ofString(body))
                .build());
    }

    public URI managementUri(String path) {
        return URI.create("http://127.0.0.1:" + server.managementPort() + path);
    }

    public HttpResponse<String> post(String path, String body) {
        return send(postRequest(path, body).build());
    }

    /** A POST that must succeed; its JSON. */
    public JsonNode json(String path, String body) {
        HttpResponse<String> response = post(path, body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return parse(response.body());
    }

    public HttpRequest.Builder postRequest(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(LIMIT)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body));
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public HttpClient client() {
        return client;
    }

    /** What the records of a stream say, in order, {@code [DONE]} included; checks the frames on the way. */
    public List<String> stream(String path, String body) {
        HttpResponse<String> response = post(path, body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return records(response.body());
    }

    /** The records' data; each must be one line of {@code data: } and an empty one. */
    public static List<String> records(String body) {
        if (!body.endsWith("\n\n")) {
            throw new AssertionError("the last record has no end: " + body);
        }
        List<String> records = new ArrayList<>();
        for (String record : body.substring(0, body.length() - 2).split("\n\n", -1)) {
            if (!record.startsWith("data: ") || record.contains("\n")) {
                throw new AssertionError("not a record: " + record);
            }
            records.add(record.substring("data: ".length()));
        }
        return records;
    }

    /** The JSON of a stream's records but the last, which must be {@code [DONE]}. */
    public List<JsonNode> chunks(String path, String body) {
        List<String> records = stream(path, body);
        if (!records.get(records.size() - 1).equals("[DONE]")) {
            throw new AssertionError("no [DONE]: " + records);
        }
        return records.subList(0, records.size() - 1).stream()
                .map(TestServer::parse)
                .toList();
    }

    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** A connection to write what no client would. */
    public Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.apiPort());
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }

    /** A connection to the management port. */
    public Socket managementSocket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.managementPort());
        socket.setSoTimeout((int) LIMIT.toMillis());
        return socket;
    }

    /** The same as {@link #exchange} with the management port. */
    public String exchangeWithManagement(String request) throws IOException {
        try (Socket socket = managementSocket()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return readToEnd(socket.getInputStream());
        }
    }

    /** Sends bytes on a new connection and reads until the server closes it. */
    public String exchange(String request) throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return readToEnd(socket.getInputStream());
        }
    }

    public static String readToEnd(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Waits until the server knows that no client is connected any more. */
    public void awaitNoConnection() {
        awaitConnections(0);
    }

    /** Clients that are connected, as far as the server knows. */
    public int openConnections() {
        return server.openConnectionCount();
    }

    /** Waits until the server knows of so many connected clients. */
    public void awaitConnections(int count) {
        await().atMost(LIMIT).until(() -> server.openConnectionCount() == count);
    }

    /** Waits until the engine holds nothing any more. */
    public void awaitIdle() {
        await().atMost(LIMIT)
                .until(() ->
                        engine().runningCount() == 0 && engine().waitingCount() == 0 && engine().kvPagesUsed() == 0);
    }

    @Override
    public void close() {
        server.stop();
        removeData();
        runner.requireNoViolation();
    }

    private void removeData() {
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
