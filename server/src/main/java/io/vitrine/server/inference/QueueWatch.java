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
import io.vitrine.model.engine.StepReport;
import io.vitrine.model.engine.StepShare;
import io.vitrine.tenants.limits.QueueModel;
import io.vitrine.tenants.limits.QueueView;

/**
 * Knows what an engine still has to do for those who run and wait, and how fast it is, and says from that how long a new
 * request would wait for a slot. Told by the engine thread; asked by any.
 */
public final class QueueWatch {

    private static final Comparator<Place> FIRST_IN_LINE =
            Comparator.comparing((Place place) -> place.request.priority()).thenComparing(place -> place.arrival);

    private final QueueModel model;
    private final int slots;
    private final Set<Place> places = ConcurrentHashMap.newKeySet();
    private final AtomicLong arrivals = new AtomicLong();

    /**
     * Nobody waits.
     *
     * @param slots sequences that the engine runs at once
     */
    public QueueWatch(QueueModel model, int slots) {
        this.model = model;
        this.slots = slots;
    }

    /** Hears how long steps take, on the way to another listener. */
    public EngineListener engineListener(EngineListener next) {
        return new Steps(next);
    }

    /** Follows one sequence, on the way to another listener. */
    GenerationListener watch(GenerationRequest request, GenerationListener next) {
        return new Place(request, next, arrivals.getAndIncrement());
    }

    /** How long a request that came now would wait for a slot; empty before the engine's first step. */
    public Optional<Duration> predictedWait() {
        List<QueueView.Work> running = new ArrayList<>();
        List<QueueView.Work> waiting = new ArrayList<>();
        // Each is asked once, for the engine goes on meanwhile; and so more may seem to run than there are slots.
        places.stream().sorted(FIRST_IN_LINE).forEach(place -> (place.running ? running : waiting).add(place.work()));
        return model.predictWait(new QueueView(slots, running.subList(0, Math.min(slots, running.size())), waiting));
    }

    private final class Steps implements EngineListener {

        private final EngineListener next;

        private Steps(EngineListener next) {
            this.next = next;
        }

        @Override
        public void stepEnded(StepReport report) {
            model.stepEnded(report.endNanos() - report.startNanos());
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

    /** One sequence's, from the line to its end. Written by one thread at a time. */
    private final class Place implements GenerationListener {

        private final GenerationRequest request;
        private final GenerationListener next;
        private final long arrival;
        private volatile boolean running;
        private volatile boolean prefilled;
        private final AtomicInteger generated = new AtomicInteger();

        private Place(GenerationRequest request, GenerationListener next, long arrival) {
            this.request = request;
            this.next = next;
            this.arrival = arrival;
        }

        private QueueView.Work work() {
            int left = Math.max(0, request.maxTokens() - generated.get());
            return new QueueView.Work(prefilled ? 0 : request.promptLength(), left);
        }

        @Override
        public void queued(long atNanos) {
            places.add(this);
            next.queued(atNanos);
        }

        @Override
        public void admitted(int slot, long atNanos) {
            running = true;
            next.admitted(slot, atNanos);
        }

        @Override
        public void prefixCacheHit(int cachedTokens, long atNanos) {
            next.prefixCacheHit(cachedTokens, atNanos);
        }

        @Override
        public void prefillEnded(int promptTokens, long atNanos) {
            prefilled = true;
            next.prefillEnded(promptTokens, atNanos);
        }

        @Override
        public void tokenGenerated(int tokenId, long atNanos) {
            // One thread writes, so this loses nothing and needs no locked instruction.
            generated.lazySet(generated.get() + 1);
            next.tokenGenerated(tokenId, atNanos);
        }

        @Override
        public void stepComputed(StepShare share) {
            next.stepComputed(share);
        }

        @Override
        public void tokenSampled(long startNanos, long endNanos) {
            next.tokenSampled(startNanos, endNanos);
        }

        @Override
        public void preempted(long atNanos) {
            running = false;
            prefilled = false;
            next.preempted(atNanos);
        }

        @Override
        public void resumed(int slot, long atNanos) {
            running = true;
            next.resumed(slot, atNanos);
        }

        @Override
        public boolean timesEveryStep() {
            return next.timesEveryStep();
        }

        @Override
        public void ended(FinishReason reason, long atNanos) {
            places.remove(this);
            if (reason == FinishReason.STOP || reason == FinishReason.LENGTH) {
                model.answerEnded(generated.get(), request.maxTokens());
            }
            next.ended(reason, atNanos);
        }
    }
}
