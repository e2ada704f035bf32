package io.vitrine.observability.metrics;

import java.util.function.UnaryOperator;

import io.vitrine.observability.ErrorType;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.catalogue.Meters;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Counts each request once, when it is over, from the same summary that its log line is made from. Any thread.
 */
final class RequestMetrics implements RequestListener {

    private final Instruments instruments;
    private final UnaryOperator<String> boundedModelName;

    /** @param boundedModelName gives a model's name, or one for all that are not in the configuration */
    RequestMetrics(Instruments instruments, UnaryOperator<String> boundedModelName) {
        this.instruments = instruments;
        this.boundedModelName = boundedModelName;
    }

    @Override
    public void ended(RequestSummary summary) {
        String modelName = summary.modelName().map(boundedModelName).orElse("");
        String errorType = summary.errorType().map(ErrorType::label).orElse("");
        instruments
                .counter(
                        Meters.REQUESTS,
                        summary.route().template(),
                        modelName,
                        summary.outcome().label(),
                        summary.status() / 100 + "xx",
                        errorType)
                .increment();
        summary.route().operation().ifPresent(operation -> generated(summary, operation, modelName, errorType));
    }

    private void generated(RequestSummary summary, String operation, String modelName, String errorType) {
        instruments
                .timer(Meters.REQUEST_DURATION, operation, Meters.PROVIDER, modelName, errorType)
                .record(summary.durationNanos(), NANOSECONDS);
        summary.timeToFirstTokenNanos().ifPresent(nanos -> instruments
                .timer(Meters.TIME_TO_FIRST_TOKEN, operation, Meters.PROVIDER, modelName)
                .record(nanos, NANOSECONDS));
        if (summary.choices() > 0) {
            tokens(summary.tokens(), operation, modelName);
        }
    }

    private void tokens(Tokens tokens, String operation, String modelName) {
        instruments.counter(Meters.INPUT_TOKENS, modelName).increment(tokens.input());
        instruments.counter(Meters.CACHED_TOKENS, modelName).increment(tokens.cached());
        instruments.counter(Meters.OUTPUT_TOKENS, modelName).increment(tokens.output());
        usage(operation, modelName, Meters.TOKEN_TYPE_INPUT, tokens.input());
        usage(operation, modelName, Meters.TOKEN_TYPE_OUTPUT, tokens.output());
    }

    private void usage(String operation, String modelName, String tokenType, int count) {
        instruments
                .summary(Meters.TOKEN_USAGE, operation, Meters.PROVIDER, modelName, tokenType)
                .record(count);
    }
}
