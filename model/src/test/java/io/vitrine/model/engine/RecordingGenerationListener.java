package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Keeps what a request's listener was told, and checks the order that {@link GenerationListener} promises: every start has
 * its end, nothing comes twice, nothing after the end. Any thread.
 */
public final class RecordingGenerationListener implements GenerationListener {

    private static final String ENGINE_THREAD = "vitrine-engine";

    private final List<Event> events = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();

    /** Nothing told yet. */
    public RecordingGenerationListener() {}

    /** One call of the listener. */
    public sealed interface Event {

        /** When it happened, on the engine's clock. */
        long atNanos();

        /** Name, and what it said besides the time. */
        String word();
    }

    /** {@link GenerationListener#queued}. */
    public record Queued(long atNanos) implements Event {
        @Override
        public String word() {
            return "queued";
        }
    }

    /** {@link GenerationListener#admitted}. */
    public record Admitted(int slot, long atNanos) implements Event {
        @Override
        public String word() {
            return "admitted(" + slot + ")";
        }
    }

    /** {@link GenerationListener#prefixCacheHit}. */
    public record PrefixCacheHit(int cachedTokens, long atNanos) implements Event {
        @Override
        public String word() {
            return "prefixCacheHit(" + cachedTokens + ")";
        }
    }

    /** {@link GenerationListener#preempted}. */
    public record Preempted(long atNanos) implements Event {
        @Override
        public String word() {
            return "preempted";
        }
    }

    /** {@link GenerationListener#resumed}. */
    public record Resumed(int slot, long atNanos) implements Event {
        @Override
        public String word() {
            return "resumed(" + slot + ")";
        }
    }

    /** {@link GenerationListener#prefillEnded}. */
    public record PrefillEnded(int promptTokens, long atNanos) implements Event {
        @Override
        public String word() {
            return "prefillEnded(" + promptTokens + ")";
        }
    }

    /** {@link GenerationListener#tokenGenerated}. */
    public record TokenGenerated(int tokenId, long atNanos) implements Event {
        @Override
        public String word() {
            return "token(" + tokenId + ")";
        }
    }

    /** {@link GenerationListener#ended}. */
    public record Ended(FinishReason reason, long atNanos) implements Event {
        @Override
        public String word() {
            return "ended(" + reason + ")";
        }
    }

    @Override
    public synchronized void queued(long atNanos) {
        require(events.isEmpty(), "queued must come first");
        require(!onEngineThread(), "queued must come on the submitting thread");
        record(new Queued(atNanos));
    }

    @Override
    public synchronized void admitted(int slot, long atNanos) {
        require(last() instanceof Queued, "admitted must follow queued");
        requireEngineThread();
        record(new Admitted(slot, atNanos));
    }

    @Override
    public synchronized void prefixCacheHit(int cachedTokens, long atNanos) {
        require(
                last() instanceof Admitted || last() instanceof PrefixCacheHit,
                "prefixCacheHit must follow admitted or another hit");
        require(cachedTokens > 0, "a hit must be of a token at least");
        requireEngineThread();
        record(new PrefixCacheHit(cachedTokens, atNanos));
    }

    @Override
    public synchronized void preempted(long atNanos) {
        require(runs(), "preempted must come to a request that runs");
        requireEngineThread();
        record(new Preempted(atNanos));
    }

    @Override
    public synchronized void resumed(int slot, long atNanos) {
        require(last() instanceof Preempted, "resumed must follow preempted");
        requireEngineThread();
        record(new Resumed(slot, atNanos));
    }

    /** Between admission and end, and not between preempted and resumed. */
    private boolean runs() {
        return has(Admitted.class) && !(last() instanceof Preempted) && !(last() instanceof Ended);
    }

    private boolean has(Class<? extends Event> type) {
        return events.stream().anyMatch(type::isInstance);
    }

    @Override
    public synchronized void prefillEnded(int promptTokens, long atNanos) {
        require(runs() && !has(PrefillEnded.class), "prefillEnded must come once, to a request that runs");
        requireEngineThread();
        record(new PrefillEnded(promptTokens, atNanos));
    }

    @Override
    public synchronized void tokenGenerated(int tokenId, long atNanos) {
        require(runs() && has(PrefillEnded.class), "tokenGenerated must follow prefillEnded, in a request that runs");
        requireEngineThread();
        record(new TokenGenerated(tokenId, atNanos));
    }

    @Override
    public synchronized void ended(FinishReason reason, long atNanos) {
        boolean refused = reason == FinishReason.REFUSED;
        require(refused == events.isEmpty(), "ended(REFUSED) comes alone, any other end after queued");
        require(!(last() instanceof Ended), "ended must come once");
        require(refused != onEngineThread(), "a refusal comes on the submitting thread, any other end on the engine's");
        record(new Ended(reason, atNanos));
    }

    private void record(Event event) {
        require(events.isEmpty() || last().atNanos() <= event.atNanos(), "time must not go back");
        events.add(event);
    }

    private Event last() {
        return events.isEmpty() ? null : events.get(events.size() - 1);
    }

    private void requireEngineThread() {
        require(onEngineThread(), "must come on the engine thread");
    }

    private static boolean onEngineThread() {
        return Thread.currentThread().getName().equals(ENGINE_THREAD);
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            violations.add(rule + ", after " + words() + " on "
                    + Thread.currentThread().getName());
        }
    }

    /** All events so far. */
    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    /** All events so far without their times: {@code queued, admitted(0), prefillEnded(3), token(7), ended(STOP)}. */
    public synchronized String words() {
        return events.stream().map(Event::word).collect(Collectors.joining(", "));
    }

    /**
     * Checks that the request has ended, and that every rule held on the way.
     *
     * @throws AssertionError if not
     */
    public synchronized void requireComplete() {
        require(last() instanceof Ended, "every request must end");
        if (!violations.isEmpty()) {
            throw new AssertionError(String.join("; ", violations));
        }
    }
}
