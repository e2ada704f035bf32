package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Plays the Hugging Face hub, or the file store it redirects to, on a free loopback port; what goes wrong is set per test. */
final class FakeHub implements AutoCloseable {

    static final String REPOSITORY = "owner/tiny";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /** What was asked, and with which credentials and range. */
    record Request(String path, Optional<String> authorization, Optional<String> range) {}

    final List<Request> requests = new CopyOnWriteArrayList<>();

    /** The files by name. Change before the first request. */
    final Map<String, byte[]> files = new LinkedHashMap<>();

    /** Names of files kept in Git LFS, which the listing gives with their SHA-256. */
    final List<String> largeFiles = new ArrayList<>(List.of("model.safetensors"));

    /** Set to answer the listing with this instead. */
    Optional<String> listing = Optional.empty();

    /** Set to answer every request for a file with a redirect there, except one for a path under {@code /store/}. */
    Optional<URI> redirect = Optional.empty();

    /** Statuses to give instead of the file or the listing, by the last part of the path, one per request. */
    final Map<String, List<Integer>> failures = new LinkedHashMap<>();

    /** After so many bytes of a large file the connection breaks; one entry per request, then none. */
    final List<Integer> breaks = new CopyOnWriteArrayList<>();

    /** After so many bytes of a large file nothing more comes, and the connection stays; one entry per request, then none. */
    final List<Integer> stalls = new CopyOnWriteArrayList<>();

    boolean understandsRange = true;
    Optional<String> etag = Optional.empty();

    private final HttpServer server;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeHub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** A hub whose repository holds a whole model, the weights being 300 000 bytes that do not repeat soon. */
    static FakeHub withTinyModel() {
        FakeHub hub = new FakeHub();
        hub.files.put("README.md", bytes("not a part of the model"));
        hub.files.put("config.json", bytes("{\"hidden_size\": 1}"));
        hub.files.put("tokenizer.json", bytes("{}"));
        hub.files.put("model.safetensors", weights());
        return hub;
    }

    static byte[] weights() {
        byte[] weights = new byte[300_000];
        new Random(7).nextBytes(weights);
        return weights;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Impatient, so that a test of failure does not wait. */
    HubSettings settings() {
        return new HubSettings(
                endpoint(), Optional.empty(), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(1));
    }

    List<String> rangesAskedOf(String file) {
        return requests.stream()
                .filter(request -> request.path().endsWith("/" + file))
                .map(request -> request.range().orElse("all"))
                .toList();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(new Request(
                path,
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))));
        String last = path.substring(path.lastIndexOf('/') + 1);
        List<Integer> planned = failures.getOrDefault(last, List.of());
        if (!planned.isEmpty()) {
            int status = planned.get(0);
            failures.put(last, planned.subList(1, planned.size()));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        } else if (path.startsWith("/api/models/")) {
            send(exchange, 200, bytes(listing.orElseGet(this::listing)), Integer.MAX_VALUE, false);
        } else if (redirect.isPresent() && !path.startsWith("/store/")) {
            exchange.getResponseHeaders().add("Location", redirect.get() + path);
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        } else if (files.containsKey(last)) {
            sendFile(exchange, last, files.get(last));
        } else {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        }
    }

    private void sendFile(HttpExchange exchange, String name, byte[] content) throws IOException {
        int breakAfter = largeFiles.contains(name) && !breaks.isEmpty() ? breaks.remove(0) : Integer.MAX_VALUE;
        int stallAfter = largeFiles.contains(name) && !stalls.isEmpty() ? stalls.remove(0) : Integer.MAX_VALUE;
        String version = etag.orElse("\"" + sha256(content) + "\"");
        exchange.getResponseHeaders().add("ETag", version);
        String range = exchange.getRequestHeaders().getFirst("Range");
        boolean sameVersion = version.equals(exchange.getRequestHeaders().getFirst("If-Range"));
        if (range == null || !understandsRange || !sameVersion) {
            send(exchange, 200, content, Math.min(breakAfter, stallAfter), stallAfter < content.length);
            return;
        }
        int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
        exchange.getResponseHeaders()
                .add("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        send(exchange, 206, Arrays.copyOfRange(content, from, content.length), breakAfter, false);
    }

    private void send(HttpExchange exchange, int status, byte[] body, int breakAfter, boolean stall)
            throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body, 0, Math.min(body.length, breakAfter));
        exchange.getResponseBody().flush();
        if (stall) {
            awaitClosing();
        }
        exchange.close(); // before the announced length: the connection is cut
    }

    private void awaitClosing() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String listing() {
        List<String> siblings = new ArrayList<>();
        files.forEach((name, content) -> siblings.add(
                largeFiles.contains(name)
                        ? "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\",\"lfs\":{\"sha256\":\"%s\",\"size\":%d,\"pointerSize\":134}}"
                                .formatted(name, content.length, "f".repeat(40), sha256(content), content.length)
                        : "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\"}"
                                .formatted(name, content.length, gitBlob(content))));
        return "{\"id\":\"" + REPOSITORY + "\",\"sha\":\"" + COMMIT + "\",\"siblings\":[" + String.join(",", siblings)
                + "]}";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String sha256(byte[] content) {
        return digest("SHA-256", content);
    }

    private static String gitBlob(byte[] content) {
        byte[] header = bytes("blob " + content.length + "\0");
        byte[] all = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, all, header.length, content.length);
        return digest("SHA-1", all);
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
