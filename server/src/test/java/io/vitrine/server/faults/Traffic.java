package io.vitrine.server.faults;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Requests at a constant rate, whatever becomes of the ones before. */
final class Traffic implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger sent = new AtomicInteger();
    private final URI chat;
    private final String key;
    private final IntFunction<String> prompt;

    /**
     * Begins at once.
     *
     * @param key empty for none
     * @param prompt of the request of that number
     */
    @SuppressWarnings("FutureReturnValueIgnored") // sends until it is closed
    Traffic(String url, String key, double perSecond, IntFunction<String> prompt) {
        this.chat = URI.create(url + "/v1/chat/completions");
        this.key = key;
        this.prompt = prompt;
        long gapMicros = Math.round(1e6 / perSecond);
        timer.scheduleAtFixedRate(this::send, 0, gapMicros, TimeUnit.MICROSECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the server's view of it is what counts
    private void send() {
        String body = "{\"model\":\"test/model\",\"max_tokens\":40,\"messages\":[{\"role\":\"user\",\"content\":\""
                + prompt.apply(sent.getAndIncrement()) + "\"}]}";
        HttpRequest.Builder request = HttpRequest.newBuilder(chat)
                .timeout(PATIENCE)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (!key.isEmpty()) {
            request.header("authorization", "Bearer " + key);
        }
        client.sendAsync(request.build(), BodyHandlers.discarding());
    }

    /** Sends no more. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
