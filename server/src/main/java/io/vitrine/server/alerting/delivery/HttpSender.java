package io.vitrine.server.alerting.delivery;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.observability.catalogue.DeliveryOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages to one receiver. The status decides: a body that is long or slow is read up to {@value #BODY_LIMIT}
 * bytes and until the time-out, and cut. Redirects are not followed: targets are configuration only.
 */
final class HttpSender implements Sender {

    private static final int BODY_LIMIT = 4_096;
    private static final int SHOWN_LIMIT = 300;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private final HttpReceiver receiver;
    private final Vertx vertx;
    private final HttpClient client;
    private final DeliverySettings settings;
    private final Clock clock;

    HttpSender(HttpReceiver receiver, Vertx vertx, DeliverySettings settings, Clock clock) {
        this.receiver = receiver;
        this.vertx = vertx;
        this.settings = settings;
        this.clock = clock;
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setMaxRedirects(0);
        receiver.caFile()
                .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        this.client = vertx.createHttpClient(options);
    }

    @Override
    public Future<Answer> send(Letter letter) {
        HttpReceiver.HttpCall call = receiver.call(letter, clock.millis());
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(call.url().toString())
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/json")
                .putHeader("User-Agent", "vitrine");
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            options.putHeader(header.getKey(), header.getValue());
        }
        return client.request(options)
                .compose(request -> exchange(request, call.body()))
                .map(this::answer)
                .recover(failure -> Future.succeededFuture(Answer.failed(masked(words(failure)))));
    }

    private record Reply(int status, @Nullable String retryAfter, String body) {}

    private Future<Reply> exchange(HttpClientRequest request, String body) {
        Exchange exchange = new Exchange(request);
        long timer = vertx.setTimer(settings.answerTimeout().toMillis(), id -> exchange.timedOut());
        request.send(Buffer.buffer(body)).onComplete(exchange::begun, exchange::failed);
        return exchange.reply.future().onComplete(ended -> vertx.cancelTimer(timer));
    }

    /** One request and its answer; event loop only. */
    private final class Exchange {
        private final HttpClientRequest request;
        private final Promise<Reply> reply = Promise.promise();
        private final Buffer body = Buffer.buffer();
        private @Nullable HttpClientResponse response;

        Exchange(HttpClientRequest request) {
            this.request = request;
        }

        void begun(HttpClientResponse begun) {
            response = begun;
            begun.exceptionHandler(failure -> end());
            begun.endHandler(ended -> end());
            begun.handler(chunk -> {
                body.appendBuffer(chunk);
                if (body.length() > BODY_LIMIT) {
                    end();
                    reset();
                }
            });
        }

        void failed(Throwable failure) {
            reply.tryFail(failure);
        }

        void timedOut() {
            if (response == null) {
                failed(new TimeoutException(
                        "no answer within " + settings.answerTimeout().toMillis() + " ms"));
            } else {
                end();
            }
            reset();
        }

        private void end() {
            if (response != null) {
                String text = body.getString(0, Math.min(body.length(), BODY_LIMIT));
                reply.tryComplete(new Reply(response.statusCode(), response.getHeader("Retry-After"), text));
            }
        }

        /** The connection is closed; there is nothing to do if that has happened before. */
        private void reset() {
            request.reset().onComplete(done -> {});
        }
    }

    private Answer answer(Reply reply) {
        String detail = masked("HTTP " + reply.status()
                + (reply.body().isBlank() ? "" : ": " + Texts.cut(reply.body().strip(), SHOWN_LIMIT)));
        if (reply.status() >= 200 && reply.status() < 300) {
            return Answer.delivered(detail);
        }
        if (HttpReceiver.REJECTIONS.contains(reply.status())) {
            return Answer.rejected(detail);
        }
        if (reply.status() >= 300 && reply.status() < 400) {
            return Answer.failed("HTTP " + reply.status() + ": redirects are not followed");
        }
        boolean asks = reply.status() == TOO_MANY_REQUESTS || reply.status() == UNAVAILABLE;
        return new Answer(
                DeliveryOutcome.RETRIED,
                detail,
                asks ? RetryAfter.parse(reply.retryAfter(), clock.millis()) : Optional.empty());
    }

    private String masked(String text) {
        return receiver.masked(ShownText.escaped(text));
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        String name = failure.getClass().getSimpleName();
        return message == null || message.isBlank() ? name : name + ": " + message;
    }

    @Override
    public Future<Void> close() {
        return client.shutdown(0, TimeUnit.SECONDS);
    }
}
