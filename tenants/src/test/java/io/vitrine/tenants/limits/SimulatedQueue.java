package io.vitrine.tenants.limits;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;

/**
 * An engine that counts instead of computing, with a queue that is always full: requests of one or several choices
 * come, and each that is refused is predicted, and timed until the places it needs have come free. Steps take longer
 * with more sequences and more prompt tokens, all prompts share one chunk a step, and clients give up; the model
 * learns that from steps and ends only.
 */
final class SimulatedQueue {

    /**
     * What the traffic is like.
     *
     * @param endChance that an answer ends with a token before its limit
     * @param leaveChance that a request is cancelled in a step, waiting or running
     * @param drafted most tokens that a step gives a sequence beyond the first
     */
    record Traffic(int slots, int queueLimit, int maxChoices, double endChance, double leaveChance, int drafted) {}

    /** A prediction and what it was of, in nanoseconds. */
    record Outcome(double predicted, double actual, int places) {

        double ratio() {
            return predicted / actual;
        }
    }

    private static final int CHUNK = 64;
    private static final int OUTCOMES = 600;
    private static final int WARM_UP_STEPS = 3_000;
    /** Requests that come while another is timed are refused and not timed. */
    private static final int STEPS_BETWEEN = 7;

    private final Traffic traffic;
    private final Random random;
    private final QueueModel model = new QueueModel();
    private final List<Sequence> running = new ArrayList<>();
    private final Deque<Sequence> waiting = new ArrayDeque<>();
    private final List<Timing> timings = new ArrayList<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private long nowNanos;
    private long ends;

    /** A refused request, until enough have ended. */
    private record Timing(long startNanos, double predicted, int places, long endsWanted) {}

    SimulatedQueue(Traffic traffic, long seed) {
        this.traffic = traffic;
        this.random = new Random(seed);
    }

    List<Outcome> outcomes() {
        for (int step = 0; outcomes.size() < OUTCOMES; step++) {
            fill();
            if (step > WARM_UP_STEPS && step % STEPS_BETWEEN == 0) {
                refuse();
            }
            admit();
            step();
            finishTimings();
        }
        return outcomes;
    }

    private int free() {
        return traffic.slots + traffic.queueLimit - running.size() - waiting.size();
    }

    /** All choices of a request or none. */
    private void fill() {
        int choices = choices();
        while (free() >= choices) {
            int prompt = 1 + random.nextInt(300);
            int max = 32 + random.nextInt(random.nextInt(10) == 0 ? 800 : 200);
            for (int i = 0; i < choices; i++) {
                waiting.add(new Sequence(prompt, max));
            }
            choices = choices();
        }
    }

    private int choices() {
        return 1 + random.nextInt(traffic.maxChoices);
    }

    private void refuse() {
        int places = choices() - free();
        if (places > 0) {
            double predicted =
                    (double) model.predictEnds(view(), places).orElseThrow().toNanos();
            timings.add(new Timing(nowNanos, predicted, places, ends + places));
        }
    }

    private QueueView view() {
        return new QueueView(
                traffic.slots,
                running.stream().map(Sequence::work).toList(),
                waiting.stream().map(Sequence::work).toList());
    }

    private void admit() {
        while (running.size() < traffic.slots && !waiting.isEmpty()) {
            running.add(waiting.remove());
        }
    }

    private void step() {
        int chunkLeft = CHUNK;
        int decoding = 0;
        int generated = 0;
        for (Sequence sequence : running) {
            if (sequence.promptLeft > 0) {
                int computed = Math.min(chunkLeft, sequence.promptLeft);
                sequence.promptLeft -= computed;
                chunkLeft -= computed;
            } else {
                decoding++;
                generated += sequence.decode(1 + random.nextInt(traffic.drafted + 1));
            }
        }
        long nanos = 5_000_000L + 300_000L * running.size() + 200_000L * (CHUNK - chunkLeft);
        nowNanos += nanos;
        model.stepEnded(new QueueModel.Step(nanos, CHUNK - chunkLeft, decoding, generated, waiting.size()));
        end();
    }

    private void end() {
        for (Iterator<Sequence> each = running.iterator(); each.hasNext(); ) {
            Sequence sequence = each.next();
            boolean left = random.nextDouble() < traffic.leaveChance;
            if (left || sequence.ended) {
                each.remove();
                ends++;
                model.answerEnded(sequence.generated, left || sequence.generated < sequence.max);
            }
        }
        for (Iterator<Sequence> each = waiting.iterator(); each.hasNext(); ) {
            each.next();
            if (random.nextDouble() < traffic.leaveChance) {
                each.remove();
                ends++;
                model.waitingEnded();
            }
        }
    }

    private void finishTimings() {
        timings.removeIf(timing -> {
            boolean over = ends >= timing.endsWanted;
            if (over) {
                outcomes.add(new Outcome(timing.predicted, (double) (nowNanos - timing.startNanos), timing.places));
            }
            return over;
        });
    }

    /** One choice of a request. */
    private final class Sequence {

        private final int max;
        private int promptLeft;
        private int generated;
        private boolean ended;

        Sequence(int prompt, int max) {
            this.promptLeft = prompt;
            this.max = max;
        }

        int decode(int tokens) {
            int before = generated;
            while (!ended && generated < before + tokens) {
                generated++;
                ended = generated == max || random.nextDouble() < traffic.endChance;
            }
            return generated - before;
        }

        QueueView.Work work() {
            return new QueueView.Work(promptLeft, max - generated);
        }
    }
}
