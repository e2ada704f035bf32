package io.vitrine.tenants.limits;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * An engine that counts instead of computing, always with about the same number waiting: every request is predicted when it
 * comes and timed when it has a slot. Its steps take longer with more sequences and more prompt tokens, and all prompts share
 * one chunk a step, none of which the model is told.
 */
final class SimulatedQueue {

    private static final int CHUNK = 64;
    private static final int REQUESTS = 600;
    private static final int WARM_UP = 200;

    private final Random random;
    private final int slots;
    private final int waitingTarget;
    private final double endChance;
    private final QueueModel model = new QueueModel(CHUNK);
    private final List<Request> running = new ArrayList<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final List<Double> ratios = new ArrayList<>();
    private long nowNanos;
    private int arrived;

    /**
     * @param endChance that an answer ends with a token before its limit; 1 for never before it
     */
    SimulatedQueue(int slots, int waitingTarget, double endChance, long seed) {
        this.slots = slots;
        this.waitingTarget = waitingTarget;
        this.endChance = endChance;
        this.random = new Random(seed);
    }

    /** Predicted wait over the wait there was, for every request that came after the warm-up and had a prediction. */
    List<Double> ratios() {
        while (arrived < REQUESTS) {
            if (waiting.size() < waitingTarget && random.nextInt(3) == 0) {
                arrive();
            }
            admit();
            step();
        }
        return ratios;
    }

    private void arrive() {
        int max = 32 + random.nextInt(200);
        Request request = new Request(1 + random.nextInt(300), max, answerLength(max), nowNanos);
        request.predictedNanos =
                model.predictWait(view()).map(Duration::toNanos).orElse(0L);
        request.index = arrived++;
        waiting.add(request);
    }

    private int answerLength(int max) {
        int length = 1;
        while (endChance < 1 && length < max && random.nextDouble() >= endChance) {
            length++;
        }
        return endChance < 1 ? length : max;
    }

    private QueueView view() {
        return new QueueView(
                slots,
                running.stream().map(Request::work).toList(),
                waiting.stream().map(Request::work).toList());
    }

    private void admit() {
        while (running.size() < slots && !waiting.isEmpty()) {
            Request request = waiting.remove();
            long waited = nowNanos - request.arrivedNanos;
            if (request.index >= WARM_UP && waited > 0) {
                ratios.add((double) request.predictedNanos / waited);
            }
            running.add(request);
        }
    }

    private void step() {
        int chunkLeft = CHUNK;
        for (Request request : running) {
            if (request.promptLeft > 0) {
                int computed = Math.min(chunkLeft, request.promptLeft);
                request.promptLeft -= computed;
                chunkLeft -= computed;
            } else {
                request.generated++;
            }
        }
        long nanos = 5_000_000L + 300_000L * running.size() + 50_000L * (CHUNK - chunkLeft);
        nowNanos += nanos;
        model.stepEnded(nanos);
        running.stream().filter(Request::ended).forEach(request -> model.answerEnded(request.generated, request.max));
        running.removeIf(Request::ended);
    }

    /** One request on its way. */
    private static final class Request {

        private final int max;
        private final int answer;
        private final long arrivedNanos;
        private int promptLeft;
        private int generated;
        private int index;
        private long predictedNanos;

        Request(int prompt, int max, int answer, long arrivedNanos) {
            this.promptLeft = prompt;
            this.max = max;
            this.answer = answer;
            this.arrivedNanos = arrivedNanos;
        }

        boolean ended() {
            return generated >= answer;
        }

        QueueView.Work work() {
            return new QueueView.Work(promptLeft, max - generated);
        }
    }
}
