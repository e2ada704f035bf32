package io.vitrine.loadtest.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Consumer;

import io.vitrine.loadtest.measure.Outcome;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.TimeBins;
import io.vitrine.loadtest.measure.TokenClock;
import io.vitrine.loadtest.workload.PlannedRequest;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Puts an answer together from its bytes, streamed or whole, and keeps the times of its tokens. */
final class AnswerAssembly {

    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

    private final boolean stream;
    private final Consumer<String> text;
    private final RunMonitor monitor;
    private final TokenClock clock = new TokenClock();
    private final EventStreamParser parser = new EventStreamParser(this::event);
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream(0);
    private int status;
    private long dataNanos;
    private boolean finished;
    private boolean terminated;
    private @Nullable String error;

    AnswerAssembly(boolean stream, Consumer<String> text, RunMonitor monitor) {
        this.stream = stream;
        this.text = text;
        this.monitor = monitor;
    }

    /** How an answer ended whose stream was closed by the server. */
    record End(Outcome outcome, @Nullable String error) {}

    /** What the driver knows of the request. */
    record Frame(
            String id,
            PlannedRequest request,
            boolean warmUp,
            Outcome outcome,
            @Nullable String error,
            long intendedNanos,
            long sentNanos,
            long doneNanos) {}

    void head(int statusCode) {
        status = statusCode;
    }

    void data(byte[] bytes, long atNanos) {
        dataNanos = atNanos;
        if (stream && status == 200) {
            parser.accept(bytes);
        } else {
            whole.writeBytes(bytes);
        }
    }

    private void event(byte[] data, int length) {
        if (length == DONE.length && data[0] == '[') {
            terminated = true;
            return;
        }
        try {
            take(AnswerReader.read(data, length));
        } catch (IOException e) {
            error = "invalid_chunk";
        }
    }

    private void take(AnswerReader.Chunk chunk) {
        if (chunk.error() != null) {
            error = "error_in_stream";
        }
        if (chunk.hasChoices()) {
            monitor.tokens.add(clock.chunk(
                    dataNanos,
                    chunk.hasText(),
                    chunk.reasoning() && chunk.text().isEmpty(),
                    chunk.completionTokens()));
            text.accept(chunk.text());
        }
        if (chunk.completionTokens() >= 0) {
            clock.usage(chunk.promptTokens(), chunk.cachedTokens(), chunk.completionTokens());
        }
        finished |= chunk.finished();
    }

    boolean hasTokens() {
        return clock.chunks() > 0;
    }

    int tokensSoFar() {
        return clock.tokensSoFar();
    }

    /** Whether all of the answer has come, though its stream may still be open. */
    boolean complete() {
        return finished;
    }

    End end() {
        if (status == 408 || status == 504) {
            return new End(Outcome.TIMED_OUT, "http_" + status);
        }
        if (status != 200) {
            Outcome outcome = status >= 400 && status < 500 ? Outcome.REFUSED : Outcome.FAILED;
            return new End(outcome, "http_" + status);
        }
        if (!stream) {
            readWhole();
        }
        if (error != null) {
            return new End(Outcome.FAILED, error);
        }
        boolean whole = finished && (!stream || terminated);
        return whole ? new End(Outcome.COMPLETED, null) : new End(Outcome.FAILED, "stream_broken");
    }

    private void readWhole() {
        byte[] json = whole.toByteArray();
        try {
            AnswerReader.Chunk answer = AnswerReader.read(json, json.length);
            take(answer);
        } catch (IOException e) {
            error = "invalid_answer";
        }
    }

    void addTo(TimeBins bins) {
        clock.addTokensTo(bins);
    }

    void addGapsTo(Histogram interChunk, Histogram interToken) {
        clock.addGapsTo(interChunk, interToken);
    }

    RequestRecord record(Frame frame) {
        PlannedRequest request = frame.request();
        String kind = frame.error() == null ? null : frame.error().toLowerCase(Locale.ROOT);
        return clock.record(new TokenClock.RequestFrame(
                frame.id(),
                request.conversation(),
                request.turn(),
                frame.warmUp(),
                frame.outcome(),
                status,
                kind,
                frame.intendedNanos(),
                frame.sentNanos(),
                frame.doneNanos(),
                stream,
                request.prompt().tokens(),
                request.prompt().sharedTokens(),
                request.outputTokens()));
    }
}
