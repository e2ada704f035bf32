package io.vitrine.observability.tracing;

import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestTrace;

/** Notes what happens to one request, and at its end has it decided what becomes of the notes. */
final class RequestRecorder implements RequestTrace {

    private final RequestRecord record;
    private final Tracing tracing;

    RequestRecorder(RequestRecord record, Tracing tracing) {
        this.record = record;
        this.tracing = tracing;
    }

    @Override
    public void bodyRead(long atNanos) {
        record.bodyRead = true;
        record.bodyReadNanos = atNanos;
    }

    @Override
    public void failing(long atNanos) {
        if (!record.failing) {
            record.failing = true;
            record.failingNanos = atNanos;
        }
    }

    @Override
    public GenerationListener watch(String modelName, int choice, GenerationRequest request, GenerationListener next) {
        ChoiceTrace trace = new ChoiceTrace(
                choice,
                request,
                record.detailed,
                tracing.engineSteps(modelName),
                (step, share) -> {
                    step.serve(record.root, share);
                    record.join(step);
                },
                next);
        record.choices.add(trace);
        return trace;
    }

    @Override
    public RequestSummary ended(RequestSummary summary) {
        return summary.withTrace(tracing.end(record, summary));
    }
}
