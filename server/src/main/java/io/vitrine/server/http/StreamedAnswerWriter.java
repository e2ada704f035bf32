package io.vitrine.server.http;

import java.util.BitSet;
import java.util.function.Supplier;

import io.vertx.core.http.HttpServerResponse;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.StreamOptions;
import io.vitrine.server.api.Usage;
import io.vitrine.server.inference.AnswerEvent;
import io.vitrine.server.inference.AnswerFormat;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer event by event. The head goes out once the engine has taken every choice in: an error before that still has
 * its own status, and no proxy or client waits for a head as long as a prompt waits.
 */
final class StreamedAnswerWriter implements AnswerWriter {

    private final HttpServerResponse response;
    private final AnswerFormat format;
    private final StreamOptions options;
    private final Supplier<EventStreamWriter> openStream;
    private final BitSet opened = new BitSet();
    private Usage shown;
    private @Nullable EventStreamWriter stream;

    /**
     * Nothing is sent yet.
     *
     * @param initial the counts before the first token
     */
    StreamedAnswerWriter(
            HttpServerResponse response,
            AnswerFormat format,
            StreamOptions options,
            Usage initial,
            Supplier<EventStreamWriter> openStream) {
        this.response = response;
        this.format = format;
        this.options = options;
        this.shown = initial;
        this.openStream = openStream;
    }

    @Override
    public void open() {
        stream().open();
    }

    @Override
    public void write(AnswerEvent event, Usage usage) {
        EventStreamWriter events = stream();
        if (!opened.get(event.choice())) {
            opened.set(event.choice());
            format.opening(event.choice(), continuous(shown)).ifPresent(events::add);
        }
        shown = usage;
        format.events(event, continuous(usage)).forEach(events::add);
    }

    @Override
    public void flush() {
        stream().flush();
    }

    @Override
    public void finish(Usage usage) {
        EventStreamWriter events = stream();
        if (options.includeUsage()) {
            events.add(format.usageEvent(usage));
        }
        events.end();
    }

    @Override
    public void fail(ApiException error) {
        if (stream == null) {
            Responses.error(response, error);
        } else {
            stream.add(ErrorMapper.body(error));
            stream.end();
        }
    }

    private @Nullable Usage continuous(Usage usage) {
        return options.continuousUsage() ? usage : null;
    }

    private EventStreamWriter stream() {
        if (stream == null) {
            stream = openStream.get();
        }
        return stream;
    }
}
