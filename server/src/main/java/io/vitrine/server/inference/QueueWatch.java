package io.vitrine.server.inference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.FinishReason;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.GenerationRequest;
import io.vitrine.model.engine.ModelRunnerException;
import io.vitrine.model.engine.StepPlan.Phase;
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepShare;
import io.vitrine.tenants.limits.QueueModel;
import io.vitrine.tenants.limits.QueueView;

/**
 * Knows what an engine still has to do for the sequences that run and wait, and how fast it is, and predicts from that
 * when its full queue has room for a request. Written by the engine thread, read by any.
 */
public final class QueueWatch {

    private static final Comparator<Place> FIRST_IN_LINE =
            Comparator.comparing((Place place) -> place.request.priority()).thenComparing(place -> place.arrival);

    private final QueueModel model;
    private final int slots;
    private final int capacity;
    private final Set<Place> places = ConcurrentHashMap.newKeySet();
    private final AtomicLong arrivals = new AtomicLong();

    /**
     * An empty queue.
     *
     * @param slots sequences that the engine runs at once
     * @param queueLimit most sequences that wait
     */
    public QueueWatch(QueueModel model, int slots, int queueLimit) {
        this.model = model;
        this.slots = slots;
        this.capacity = slots + queueLimit;
    }

    /** Hears how long steps take, on the way to another listener. */
    public EngineListener engineListener(EngineListener next) {
        return new Steps(next);
    }

    /** Follows one sequence, on the way to another listener. */
    GenerationListener watch(GenerationRequest request, GenerationListener next) {
        return new Place(request, next, arrivals.getAndIncrement());
    }

    /**
     * How long until a request of so many sequences has room among those that run and wait; empty before the engine's
     * first step.
     */
    public Optional<Duration> predictedRoom(int sequences) {
        int missing = sequences - (capacity - places.size());
        return missing <= 0 ? Optional.of(Duration.ZERO) : model.predictEnds(view(), missing);
    }

    /** How long the sequence that has waited longest has waited since it was queued or preempted; 0 if none waits. */
    public long oldestWaitingNanos(long nowNanos) {
        return oldestNanos(false, nowNanos);
    }

    /** How long the sequence that has held its slot longest has held it; 0 if none runs. */
    public long oldestRunningNanos(long nowNanos) {
        return oldestNanos(true, nowNanos);
    }

    private long oldestNanos(boolean running, long nowNanos) {
        return places.stream()
                .map(place -> place.state)
                .filter(state -> state.running == running)
                .mapToLong(state -> Math.max(0, nowNanos - state.sinceNanos))
                .max()
                .orElse(0);
    }

    private QueueView view() {
        List<QueueView.Work> running = new ArrayList<>();
        List<QueueView.Work> waiting = new ArrayList<>();
        // Each is read once, for the engine goes on meanwhile; and so more may seem to run than there are slots.
        places.stream().sorted(FIRST_IN_LINE).forEach(place -> (place.state.running ? running : waiting)
                .add(place.work()));
        return new QueueView(slots, running.subList(0, Math.min(slots, running.size())), waiting);
    }

    private final class Steps implements EngineListener {

        private final EngineListener next;

        private Steps(EngineListener next) {
            this.next = next;
        }

        @Override
        public void stepEnded(StepReport report) {
            model.stepEnded(new QueueModel.Step(
                    report.endNanos() - report.startNanos(),
                    report.prefillTokens(),
                    report.decodingCount(),
                    report.decodeTokens() - report.replayedTokens() - report.draftedTokens() + report.acceptedTokens(),
                    report.waitingCount()));
            next.stepEnded(report);
        }

        @Override
        public void requestFailed(String requestId, Throwable cause) {
            next.requestFailed(requestId, cause);
        }

        @Override
        public void stepFailed(ModelRunnerException cause) {
            next.stepFailed(cause);
        }

        @Override
        public void stopped(Throwable cause) {
            next.stopped(cause);
        }
    }

    /** Whether a sequence has a slot, and since when; one value, as its readers are on other threads. */
    private record State(boolean running, long sinceNanos) {
        static final State NEW = new State(false, 0);
    }

    /** One sequence's, from the line to its end. Written by one thread at a time. */
    private final class Place implements GenerationListener {

        private final GenerationRequest request;
        private final GenerationListener next;
        private final long arrival;
        private volatile State state = State.NEW;
        private final AtomicInteger computed = new AtomicInteger();
        private final AtomicInteger generated = new AtomicInteger();

        private Place(GenerationRequest request, GenerationListener next, long arrival) {
            this.request = request;
            this.next = next;
            this.arrival = arrival;
        }

        private QueueView.Work work() {
            int left = Math.max(0, request.maxTokens() - generated.get());
            return new QueueView.Work(Math.max(0, request.promptLength() - computed.get()), left);
        }

        @Override
        public void queued(long atNanos) {
            state = new State(false, atNanos);
            places.add(this);
            next.queued(atNanos);
        }

        @Override
        public void admitted(int slot, long atNanos) {
            state = new State(true, atNanos);
            next.admitted(slot, atNanos);
        }

        @Override
        public void prefixCacheHit(int cachedTokens, long atNanos) {
            add(computed, cachedTokens);
            next.prefixCacheHit(cachedTokens, atNanos);
        }

        @Override
        public void prefillEnded(int promptTokens, long atNanos) {
            computed.lazySet(promptTokens);
            next.prefillEnded(promptTokens, atNanos);
        }

        @Override
        public void tokenGenerated(int tokenId, long atNanos) {
            add(generated, 1);
            next.tokenGenerated(tokenId, atNanos);
        }

        @Override
        public void stepComputed(StepShare share) {
            if (share.phase() == Phase.PREFILL) {
                add(computed, share.tokens());
            }
            next.stepComputed(share);
        }

        @Override
        public void tokenSampled(long startNanos, long endNanos) {
            next.tokenSampled(startNanos, endNanos);
        }

        @Override
        public void tokenConstrained(long nanos, boolean forced) {
            next.tokenConstrained(nanos, forced);
        }

        @Override
        public void preempted(long atNanos) {
            state = new State(false, atNanos);
            computed.lazySet(0);
            next.preempted(atNanos);
        }

        @Override
        public void resumed(int slot, long atNanos) {
            state = new State(true, atNanos);
            next.resumed(slot, atNanos);
        }

        @Override
        public boolean timesEveryStep() {
            return next.timesEveryStep();
        }

        @Override
        public void ended(FinishReason reason, long atNanos) {
            places.remove(this);
            switch (reason) {
                case LENGTH -> model.answerEnded(generated.get(), false);
                case STOP -> model.answerEnded(generated.get(), true);
                case CANCELLED, TIMED_OUT -> givenUp();
                case REFUSED, FAILED, UNUSABLE_LOGITS, CONSTRAINT_LIMIT -> {
                    // Neither says when the next sequence ends.
                }
            }
            next.ended(reason, atNanos);
        }

        private void givenUp() {
            if (state.running) {
                model.answerEnded(generated.get(), true);
            } else {
                model.waitingEnded();
            }
        }

        /** One thread writes, so this loses nothing and needs no locked instruction. */
        private static void add(AtomicInteger count, int more) {
            count.lazySet(count.get() + more);
        }
    }
}
