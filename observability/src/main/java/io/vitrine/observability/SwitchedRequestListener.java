package io.vitrine.observability;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import io.vitrine.model.engine.GenerationListener;

/**
 * The listeners of meters and log, of which each request is pinned to those that are on when it begins: a count that
 * has its beginning has its end, and a request is in all meters or in none. Counts a listener that throws instead of
 * letting it harm the request or the others.
 */
final class SwitchedRequestListener implements RequestListener {

    private final List<Pinned> byPair;
    private final TelemetrySwitches switches;

    private SwitchedRequestListener(List<Pinned> byPair, TelemetrySwitches switches) {
        this.byPair = byPair;
        this.switches = switches;
    }

    static SwitchedRequestListener of(
            List<RequestListener> metered,
            List<RequestListener> logged,
            TelemetrySwitches switches,
            LongAdder failures) {
        List<RequestListener> both = new ArrayList<>(metered);
        both.addAll(logged);
        return new SwitchedRequestListener(
                List.of(
                        new Pinned(List.of(), false, failures),
                        new Pinned(List.copyOf(metered), true, failures),
                        new Pinned(List.copyOf(logged), false, failures),
                        new Pinned(List.copyOf(both), true, failures)),
                switches);
    }

    @Override
    public Pinned pinned() {
        return byPair.get(switches.pair(TelemetryPart.METRICS, TelemetryPart.LOGS));
    }

    @Override
    public GenerationListener.Factory generations(GenerationListener.Factory metered) {
        return pinned().generations(metered);
    }

    @Override
    public void offered(String requestId) {
        pinned().offered(requestId);
    }

    @Override
    public void received(RequestIdentity request) {
        pinned().received(request);
    }

    @Override
    public void authSucceeded(RequestIdentity request) {
        pinned().authSucceeded(request);
    }

    @Override
    public void authFailed(RequestIdentity request, ErrorType reason) {
        pinned().authFailed(request, reason);
    }

    @Override
    public void limitExceeded(RequestIdentity request, ErrorType reason) {
        pinned().limitExceeded(request, reason);
    }

    @Override
    public void queueFull(RequestIdentity request, String modelName) {
        pinned().queueFull(request, modelName);
    }

    @Override
    public void constraintCompiled(RequestIdentity request, ConstraintCompiled constraint) {
        pinned().constraintCompiled(request, constraint);
    }

    @Override
    public void constraintRefused(RequestIdentity request, String keyword) {
        pinned().constraintRefused(request, keyword);
    }

    @Override
    public void toolsCalled(RequestIdentity request, String modelName, ToolCalls calls) {
        pinned().toolsCalled(request, modelName, calls);
    }

    @Override
    public void feedbackGiven(RequestIdentity request, FeedbackGiven feedback) {
        pinned().feedbackGiven(request, feedback);
    }

    @Override
    public void inferenceStarted(InferenceStart inference) {
        pinned().inferenceStarted(inference);
    }

    @Override
    public void inferenceCompleted(InferenceEnd inference) {
        pinned().inferenceCompleted(inference);
    }

    @Override
    public void ended(RequestSummary summary) {
        pinned().ended(summary);
    }

    /** The listeners of one request. */
    record Pinned(List<RequestListener> listeners, boolean metered, LongAdder failures) implements RequestListener {

        private void report(Consumer<RequestListener> event) {
            for (int index = 0; index < listeners.size(); index++) {
                try {
                    event.accept(listeners.get(index));
                } catch (RuntimeException e) {
                    failures.increment();
                }
            }
        }

        @Override
        public GenerationListener.Factory generations(GenerationListener.Factory own) {
            return metered ? own : request -> GenerationListener.NONE;
        }

        @Override
        public void offered(String requestId) {
            report(listener -> listener.offered(requestId));
        }

        @Override
        public void received(RequestIdentity request) {
            report(listener -> listener.received(request));
        }

        @Override
        public void authSucceeded(RequestIdentity request) {
            report(listener -> listener.authSucceeded(request));
        }

        @Override
        public void authFailed(RequestIdentity request, ErrorType reason) {
            report(listener -> listener.authFailed(request, reason));
        }

        @Override
        public void limitExceeded(RequestIdentity request, ErrorType reason) {
            report(listener -> listener.limitExceeded(request, reason));
        }

        @Override
        public void queueFull(RequestIdentity request, String modelName) {
            report(listener -> listener.queueFull(request, modelName));
        }

        @Override
        public void constraintCompiled(RequestIdentity request, ConstraintCompiled constraint) {
            report(listener -> listener.constraintCompiled(request, constraint));
        }

        @Override
        public void constraintRefused(RequestIdentity request, String keyword) {
            report(listener -> listener.constraintRefused(request, keyword));
        }

        @Override
        public void toolsCalled(RequestIdentity request, String modelName, ToolCalls calls) {
            report(listener -> listener.toolsCalled(request, modelName, calls));
        }

        @Override
        public void feedbackGiven(RequestIdentity request, FeedbackGiven feedback) {
            report(listener -> listener.feedbackGiven(request, feedback));
        }

        @Override
        public void inferenceStarted(InferenceStart inference) {
            report(listener -> listener.inferenceStarted(inference));
        }

        @Override
        public void inferenceCompleted(InferenceEnd inference) {
            report(listener -> listener.inferenceCompleted(inference));
        }

        @Override
        public void ended(RequestSummary summary) {
            report(listener -> listener.ended(summary));
        }
    }
}
