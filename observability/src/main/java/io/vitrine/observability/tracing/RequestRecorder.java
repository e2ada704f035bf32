package io.vitrine.observability.tracing;

import java.util.Optional;

import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.observability.ConstraintCompiled;
import io.vitrine.observability.RequestSummary;
import io.vitrine.observability.RequestTrace;
import io.vitrine.observability.TenantTraces;
import io.vitrine.observability.TraceIds;
import io.vitrine.observability.catalogue.SpanName;

/** Notes what happens to one request, and at its end has it decided what becomes of the notes. */
final class RequestRecorder implements RequestTrace {

    private final RequestRecord record;
    private final Tracing tracing;
    private final TraceIds ids;
    private boolean over;

    RequestRecorder(RequestRecord record, Tracing tracing) {
        this.record = record;
        this.tracing = tracing;
        ids = new TraceIds(record.root.getTraceId(), record.root.getSpanId());
    }

    @Override
    public Optional<TraceIds> ids() {
        return Optional.of(ids);
    }

    @Override
    public void authenticated(String tenantId, TenantTraces policy, long atNanos) {
        record.attribute(tenantId, policy, tracing.control().rules());
        record.stages.end(SpanName.AUTH_VALIDATE, atNanos);
    }

    @Override
    public void authenticationFailed(long atNanos) {
        record.flagged = false;
        record.prescribed = false;
        record.detailed = record.chosenForDetail;
        record.stages.end(SpanName.AUTH_VALIDATE, atNanos, true);
    }

    @Override
    public void limitsChecked(long startNanos, long endNanos) {
        record.stages.begin(SpanName.RATE_LIMIT_CHECK, startNanos);
        record.stages.end(SpanName.RATE_LIMIT_CHECK, endNanos);
    }

    @Override
    public void bodyAwaited(long atNanos) {
        record.stages.begin(SpanName.REQUEST_READ, atNanos);
    }

    @Override
    public void bodyRead(long atNanos) {
        record.stages.end(SpanName.REQUEST_READ, atNanos);
    }

    @Override
    public void preparationAwaited(long atNanos) {
        record.stages.begin(SpanName.PROMPT_PREPARATION, atNanos);
    }

    @Override
    public void preparationStarted(long atNanos) {
        record.preparationStartedNanos = atNanos;
        record.preparationStarted = true;
    }

    @Override
    public void constraintCompiled(ConstraintCompiled constraint) {
        record.constraint = constraint;
    }

    @Override
    public void prepared(long atNanos) {
        record.stages.end(SpanName.PROMPT_PREPARATION, atNanos);
    }

    @Override
    public void settled(long startNanos, long endNanos) {
        // After its end the record is another thread's to read.
        if (!over) {
            record.settled = true;
            record.settleStartNanos = startNanos;
            record.settleEndNanos = endNanos;
        }
    }

    @Override
    public void failing(long atNanos) {
        if (!record.failing) {
            record.failing = true;
            record.stages.close(atNanos);
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
        record.stages.close(summary.endNanos());
        over = true;
        return summary.withTrace(ids, tracing.keeps(record, summary));
    }
}
