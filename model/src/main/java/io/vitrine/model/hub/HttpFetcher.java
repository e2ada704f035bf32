package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.vitrine.model.terminal.ShownText;
import org.jspecify.annotations.Nullable;

/**
 * One GET to the hub, its body written to a file. Follows redirects itself, because the JDK's way would carry the token to
 * whatever host the hub redirects to, and gives up when no byte comes for the stall time.
 */
final class HttpFetcher {

    private static final int MAXIMUM_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final HubSettings settings;
    private final HttpClient client;

    HttpFetcher(HubSettings settings) {
        this.settings = settings;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // one file at a time gains nothing from HTTP/2
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .build();
    }

    /**
     * What to ask for beyond the address.
     *
     * @param offset bytes that are already here; 0 asks for everything
     * @param etag the version that those bytes are of; needed with an offset
     */
    record Conditions(long offset, @Nullable String etag) {
        static final Conditions NONE = new Conditions(0, null);
    }

    /** An answer that is not a redirect; its body is in the file if the caller's chooser gave one. */
    record Answer(URI address, int status, HttpHeaders headers) {

        Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /**
     * Fetches an address.
     *
     * @param target chooses, once status and headers are known, where the body goes; empty throws it away
     * @throws LocalWriteException if the file could not be written
     * @throws IOException if the connection failed, stalled, or broke off before the end of the body
     */
    Answer get(URI address, Conditions conditions, Function<Answer, Optional<FileBody>> target)
            throws IOException, InterruptedException {
        URI at = address;
        for (int hop = 0; hop <= MAXIMUM_REDIRECTS; hop++) {
            Answer answer = exchange(at, conditions, target);
            if (!REDIRECTS.contains(answer.status())) {
                return answer;
            }
            at = redirected(at, answer);
        }
        throw new IOException("more than " + MAXIMUM_REDIRECTS + " redirects from " + shown(address));
    }

    private Answer exchange(URI at, Conditions conditions, Function<Answer, Optional<FileBody>> target)
            throws IOException, InterruptedException {
        var body = new AtomicReference<@Nullable FileBody>();
        BodyHandler<Long> handler = info -> {
            Answer head = new Answer(at, info.statusCode(), info.headers());
            Optional<FileBody> chosen = REDIRECTS.contains(head.status()) ? Optional.empty() : target.apply(head);
            chosen.ifPresent(body::set);
            return chosen.<HttpResponse.BodySubscriber<Long>>map(file -> file)
                    .orElseGet(() -> BodySubscribers.replacing(0L));
        };
        CompletableFuture<HttpResponse<Long>> answer = client.sendAsync(request(at, conditions), handler);
        try {
            HttpResponse<Long> complete = await(answer, body);
            return new Answer(at, complete.statusCode(), complete.headers());
        } finally {
            FileBody begun = body.get();
            if (begun != null) {
                begun.abandon(); // a late piece must not land in a file that the next attempt writes
            }
        }
    }

    private HttpRequest request(URI at, Conditions conditions) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at).header("User-Agent", "vitrine").GET();
        if (settings.isHome(at)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        if (conditions.etag() != null) {
            request.header("Range", "bytes=" + conditions.offset() + "-").header("If-Range", conditions.etag());
        }
        return request.build();
    }

    private HttpResponse<Long> await(
            CompletableFuture<HttpResponse<Long>> answer, AtomicReference<@Nullable FileBody> body)
            throws IOException, InterruptedException {
        long seen = -1;
        while (true) {
            try {
                return answer.get(settings.stallTimeout().toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw asIoException(e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                throw e;
            } catch (TimeoutException e) {
                long length = lengthOf(body.get());
                if (length == seen) {
                    answer.cancel(true);
                    throw new HttpTimeoutException("not a byte came for " + inWords(settings.stallTimeout()));
                }
                seen = length;
            }
        }
    }

    /** Before the body begins the answer has as much time as a stalled body: -1 is what the wait starts from. */
    private static long lengthOf(@Nullable FileBody body) {
        return body == null ? -1 : body.length();
    }

    private IOException asIoException(@Nullable Throwable failure) {
        if (failure instanceof HttpConnectTimeoutException) {
            return new HttpConnectTimeoutException("no connection within " + inWords(settings.connectTimeout()));
        }
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        return cause instanceof IOException io ? io : new IOException(cause);
    }

    private static URI redirected(URI from, Answer answer) throws IOException {
        String location = answer.header("Location").orElse("");
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    shown(from) + " redirects to an address that is none: " + ShownText.withoutCredentials(location),
                    e);
        }
        boolean secure = "https".equalsIgnoreCase(to.getScheme());
        boolean plain = "http".equalsIgnoreCase(to.getScheme()) && "http".equalsIgnoreCase(from.getScheme());
        if (location.isEmpty() || to.getHost() == null || !(secure || plain)) {
            throw new IOException(shown(from) + " redirects to an address that is not followed: '"
                    + ShownText.withoutCredentials(location.toString()) + "'");
        }
        return to;
    }

    private static String inWords(Duration limit) {
        return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
    }

    private static String shown(URI address) {
        return ShownText.withoutCredentials(address.toString());
    }
}
