package io.vitrine.model.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** Keeps the tokens of a request; a test can wait for its end. Any thread. */
public final class RecordingTokenSink implements TokenSink {

    private static final long LIMIT_SECONDS = 20;

    /** How the answer ended. */
    public record End(FinishReason reason, GenerationUsage usage) {}

    private final Predicate<GeneratedToken> onToken;
    private final List<GeneratedToken> tokens = new ArrayList<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private boolean endedTwice;
    private boolean tokenAfterEnd;

    /** Takes whatever comes. */
    public RecordingTokenSink() {
        this(token -> true);
    }

    /**
     * Asks {@code onToken} whether to go on; it runs on the engine thread and may throw.
     */
    public RecordingTokenSink(Predicate<GeneratedToken> onToken) {
        this.onToken = onToken;
    }

    @Override
    public boolean token(GeneratedToken token) {
        synchronized (this) {
            tokenAfterEnd |= end.isDone();
            tokens.add(token);
        }
        return onToken.test(token);
    }

    @Override
    public void ended(FinishReason reason, GenerationUsage usage) {
        boolean first = end.complete(new End(reason, usage));
        synchronized (this) {
            endedTwice |= !first;
        }
    }

    /** The tokens so far. */
    public synchronized List<GeneratedToken> tokens() {
        return List.copyOf(tokens);
    }

    /** The ids of the tokens so far. */
    public synchronized List<Integer> tokenIds() {
        return tokens.stream().map(GeneratedToken::tokenId).toList();
    }

    /** Whether the end was told. */
    public boolean hasEnded() {
        return end.isDone();
    }

    /**
     * Waits for the end.
     *
     * @throws AssertionError if it does not come within 20 seconds, or anything came after it
     */
    public End awaitEnd() {
        try {
            End result = end.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            requireOnce();
            return result;
        } catch (TimeoutException e) {
            throw new AssertionError("no end within " + LIMIT_SECONDS + " s, after tokens " + tokenIds(), e);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("interrupted while waiting for the end", e);
        }
    }

    private synchronized void requireOnce() {
        if (endedTwice || tokenAfterEnd) {
            throw new AssertionError("ended twice: " + endedTwice + ", token after the end: " + tokenAfterEnd);
        }
    }
}
