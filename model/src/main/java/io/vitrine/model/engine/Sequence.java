package io.vitrine.model.engine;

import java.util.Arrays;

import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.sampling.Sampler;

/**
 * The tokens of one request, prompt then answer, and what belongs to them: pages, slot, sampler, sink, listener.
 * Made on the submitting thread; from then on the engine thread's alone, except {@link #cancel}.
 */
final class Sequence {

    private static final int NO_SLOT = -1;

    private final GenerationRequest request;
    private final TokenSink sink;
    private final GenerationListener listener;
    private final Sampler sampler;
    private final int[] endOfTextIds;
    private final int answerLimit;
    /** The one token of a decode span, lent to the model again and again. */
    private final int[] lastToken = new int[1];

    private volatile boolean cancelled;

    private int slot = NO_SLOT;
    private int[] pages = {};
    /** Prompt and answer; as long as it may become, once admitted. */
    private int[] tokens = {};

    private int length;
    /** Leading tokens whose keys and values are in the pages. */
    private int computedCount;

    /**
     * Waits, not admitted yet.
     *
     * @param contextLength most tokens, prompt and answer together
     */
    Sequence(GenerationRequest request, int contextLength, TokenSink sink, GenerationListener listener) {
        this.request = request;
        this.sink = sink;
        this.listener = listener;
        this.sampler = new Sampler(request.sampling(), request.sharedPromptTokens());
        this.endOfTextIds =
                request.endOfTextIds().stream().mapToInt(Integer::intValue).toArray();
        this.answerLimit = Math.min(request.maxTokens(), contextLength - request.promptLength());
        this.length = request.promptLength();
    }

    GenerationRequest request() {
        return request;
    }

    TokenSink sink() {
        return sink;
    }

    GenerationListener listener() {
        return listener;
    }

    Sampler sampler() {
        return sampler;
    }

    /** Most tokens the answer may have: the request's limit or what the context leaves; below 1 if it leaves nothing. */
    int answerLimit() {
        return answerLimit;
    }

    /** Positions the KV pages must hold at worst: every token but the last, which is never computed. */
    int positionsAtWorst() {
        return request.promptLength() + answerLimit - 1;
    }

    /** Asks for the end; the engine thread sees it before its next step. Any thread. */
    void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }

    /** Whether the deadline is at or before {@code nowNanos}. */
    boolean overdue(long nowNanos) {
        return request.deadlineNanos() != Long.MAX_VALUE && nowNanos - request.deadlineNanos() >= 0;
    }

    void admit(int slot, int[] pages) {
        this.slot = slot;
        this.pages = pages;
        this.tokens = Arrays.copyOf(request.sharedPromptTokens(), request.promptLength() + answerLimit);
    }

    /** Gives the pages up to whoever releases them, and the slot. */
    int[] leave() {
        int[] left = pages;
        slot = NO_SLOT;
        pages = new int[0];
        return left;
    }

    boolean running() {
        return slot != NO_SLOT;
    }

    int slot() {
        return slot;
    }

    /** Prompt tokens still to compute; 0 once the sequence decodes. */
    int promptLeft() {
        return Math.max(0, request.promptLength() - computedCount);
    }

    /** The next {@code count} tokens of the prompt; logits only if they are the last. */
    Span promptSpan(int count) {
        int[] chunk = Arrays.copyOfRange(tokens, computedCount, computedCount + count);
        return Span.prefill(chunk, computedCount, pages, count == promptLeft() ? Logits.LAST : Logits.NONE);
    }

    /** The token sampled last. */
    Span decodeSpan() {
        lastToken[0] = tokens[computedCount];
        return Span.decode(lastToken, computedCount, pages);
    }

    /** The keys and values of {@code count} more tokens are in the pages. */
    void advance(int count) {
        computedCount += count;
    }

    void append(int token) {
        tokens[length++] = token;
    }

    int answerLength() {
        return length - request.promptLength();
    }

    boolean atLimit() {
        return answerLength() == answerLimit;
    }

    boolean endsText(int token) {
        for (int id : endOfTextIds) {
            if (id == token) {
                return true;
            }
        }
        return false;
    }

    GenerationUsage usage() {
        return new GenerationUsage(request.promptLength(), 0, answerLength());
    }
}
