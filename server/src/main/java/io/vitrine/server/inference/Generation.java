package io.vitrine.server.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.RefusalReason;
import io.vitrine.model.engine.Submission;
import io.vitrine.model.text.StopStrings;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.RequestTimes;
import io.vitrine.observability.RequestTrace;
import io.vitrine.observability.ToolCalls;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.api.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one request while the engine makes them: all of its choices, or none. Belongs to one thread, the owner's,
 * on which it is started and its events are read.
 */
public final class Generation {

    /** Takes what happens; on the owner's thread. */
    public interface Reader {

        /** The first choice has a slot; before any of its events. */
        void admitted();

        /** The events of one choice come in order; {@link Generation#usage} has counted this one, and none after it. */
        void read(AnswerEvent event);

        /** No more events are there for now: a good moment to write them out. */
        void batchEnded();
    }

    private final GenerationPlan plan;
    private final Reader reader;
    private final Mailbox<AnswerEvent> mailbox;
    private final RequestTrace trace;
    private final GenerationListener.Factory listeners;
    private final RequestTimes times;
    private final UsageTally tally;
    private Submission.@Nullable Handle handle;
    private int endedCount;
    private @Nullable FinishReason firstFinishReason;
    private ToolCalls toolCalls = ToolCalls.NONE;

    /**
     * Nothing runs yet.
     *
     * @param trace follows the request
     * @param listeners watch the choices
     * @param owner runs what it is given on the owner's thread, in order
     * @param reader gets the events, on the owner's thread
     */
    public Generation(
            GenerationPlan plan,
            RequestTrace trace,
            GenerationListener.Factory listeners,
            Executor owner,
            Reader reader) {
        this.listeners = listeners;
        this.plan = plan;
        this.trace = trace;
        this.reader = reader;
        this.mailbox = new Mailbox<>(owner, this::read);
        this.times = new RequestTimes(plan.model().engine()::runningCount, () -> owner.execute(reader::admitted));
        this.tally = new UsageTally(plan);
    }

    /**
     * Hands every choice to the engine.
     *
     * @throws ApiException if the engine refuses them; none runs then
     */
    public void start() {
        StopStrings stops = new StopStrings(plan.options().stops().texts());
        List<Submission.Part> parts = new ArrayList<>();
        for (int choice = 0; choice < plan.sequences().size(); choice++) {
            GenerationRequest request = plan.sequences().get(choice);
            AnswerSink sink = new AnswerSink(
                    choice,
                    request,
                    plan.reading(),
                    plan.options().stops(),
                    stops,
                    plan.model().tokenizer(),
                    mailbox::add);
            GenerationListener traced = trace.watch(plan.model().name(), choice, request, listeners.create(request));
            GenerationListener watched = plan.model().queue().watch(request, times.watch(traced));
            parts.add(new Submission.Part(request, sink, watched));
        }
        accept(plan.model().engine().submit(parts));
    }

    private void accept(Submission submission) {
        if (submission instanceof Submission.Accepted accepted) {
            handle = accepted.handle();
        } else if (submission instanceof Submission.Refused refused) {
            throw refusal(refused.reason());
        }
    }

    private ApiException refusal(RefusalReason reason) {
        return switch (reason) {
            case QUEUE_FULL -> queueFull();
            case DRAINING -> new ApiException(ErrorReason.DRAINING, "the server is stopping");
            case TOO_LONG -> tooLong();
            case ENGINE_FAILED ->
                new ApiException(ErrorReason.ENGINE_STOPPED, "the engine has stopped after a failure");
        };
    }

    private ApiException tooLong() {
        long promptTokens = plan.prompts().stream()
                .mapToLong(GenerationPlan.Prompt::tokenCount)
                .max()
                .orElseThrow();
        return ApiException.tooLong(
                "the prompt has " + promptTokens
                        + " tokens; prompt and answer together are longer than the memory for keys"
                        + " and values can hold",
                promptTokens,
                plan.model().contextLength());
    }

    private ApiException queueFull() {
        ApiException refusal =
                new ApiException(ErrorReason.QUEUE_FULL, "as many requests wait as may (queue.limit); try again later");
        return plan.model()
                .queue()
                .predictedRoom(plan.sequences().size())
                .map(refusal::retryAfter)
                .orElse(refusal);
    }

    private void read(List<AnswerEvent> batch) {
        for (AnswerEvent event : batch) {
            count(event);
            reader.read(event);
        }
        reader.batchEnded();
    }

    private void count(AnswerEvent event) {
        tally.count(event);
        if (event instanceof AnswerEvent.Ended ended) {
            endedCount++;
            toolCalls = toolCalls.and(ended.toolCalls());
            if (ended.choice() == 0) {
                firstFinishReason = ended.reason();
            }
        }
    }

    /** Ends what still runs, within one step. */
    public void cancel() {
        if (handle != null) {
            handle.cancel();
        }
    }

    /** Whether every choice that was taken in has ended. */
    public boolean over() {
        return endedCount == choiceCount();
    }

    /** Choices that the engine took in: all or none. */
    public int choiceCount() {
        return handle == null ? 0 : plan.sequences().size();
    }

    /** How the first choice ended; empty if it has not, or was not taken in. */
    public Optional<FinishReason> firstFinishReason() {
        return Optional.ofNullable(firstFinishReason);
    }

    /** Calls of all choices that have ended. */
    public ToolCalls toolCalls() {
        return toolCalls;
    }

    /** Tokens so far, as the answer reports them. */
    public Usage usage() {
        return tally.usage();
    }

    /**
     * Tokens that were computed, to be read once it is {@link #over}: of a prompt that was cut short, its computed
     * part.
     */
    public Tokens computedTokens() {
        return tally.computed();
    }

    /** To be read once it is {@link #over}; what the first admission knows, once that was told. */
    public RequestTimes times() {
        return times;
    }

    public GenerationPlan plan() {
        return plan;
    }
}
