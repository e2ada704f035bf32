package io.vitrine.model.engine;

import java.util.Arrays;
import java.util.Objects;

import io.vitrine.model.engine.StepPlan.Layers;
import io.vitrine.model.engine.StepPlan.Logits;
import io.vitrine.model.engine.StepPlan.Span;
import io.vitrine.model.kv.PrefixCache;
import io.vitrine.model.sampling.AllowedTokens;
import io.vitrine.model.sampling.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one request, prompt then answer, and what belongs to them: pages, slot, sampler, sink, listener.
 * Made on the submitting thread; from then on the engine thread's alone, except {@link #cancel}.
 *
 * <p>A preempted sequence keeps all but slot and pages. Running again it computes what it knew already in the way it did the
 * first time, the prompt in chunks and the answer by decoding spans, because only so are keys and values the same to the bit;
 * the logits after the answer's known tokens are left unread.
 *
 * <p>Behind its tokens may stand a guess at those that follow ({@link #guess}). It has no say in what is sampled: it only lets the
 * model compute the next positions before it is known whether they come to be.
 */
final class Sequence {

    private static final int NO_SLOT = -1;

    /** How much the last guess weighs in the chance that the next comes true. */
    private static final double ACCEPTANCE_WEIGHT = 0.1;

    /**
     * Before the first guess; and what the chance goes back to while it is too low for guessing, so that it is tried again. Of
     * natural text nine guesses of ten come true; much lower, and in a batch of eight nobody would ever begin.
     */
    private static final double USUAL_ACCEPTANCE = 0.8;

    private static final double RECOVERY_WEIGHT = 0.01;

    private final GenerationRequest request;
    private final TokenSink sink;
    private final GenerationListener listener;
    private final boolean watchedClosely;
    private final Sampler sampler;
    /** Of the answer so far; null without a constraint. */
    private final TokenConstraint.@Nullable State constraint;

    private @Nullable Throwable constraintFailure;

    private final int[] endOfTextIds;
    private final int answerLimit;
    /** The one token of a decode span, lent to the model again and again. */
    private final int[] oneToken = new int[1];

    private volatile boolean cancelled;
    private boolean ended;

    private PriorityClass rank;
    private long arrivalIndex;
    private long waitingSinceNanos;

    private int slot = NO_SLOT;
    private int[] pages = {};
    /** The leading pages that the prefix cache knows. */
    private PrefixCache.@Nullable Chain chain;
    /** Prompt and answer, and perhaps a guess behind them; as long as it may become, once admitted. */
    private int[] tokens = {};

    private int length;
    /** Leading tokens whose keys and values are in the pages. */
    private int computedCount;
    /** Of the prompt's chunk that steps compute a few layers at a time; 0 if there is none. */
    private int begunTokens;

    private int begunLayers;
    private int lentTokens;
    /** Computes a beginning of the same prompt, which is copied from it. */
    private @Nullable Sequence leader;

    private int commonTokens;
    private @Nullable PromptLookup lookup;

    /** Most tokens of the prompt that were ever computed or found in the cache. */
    private int promptReached;

    private int scoredTokens = 1;
    private int cachedTokens;
    private boolean preempted;
    private double acceptance = USUAL_ACCEPTANCE;

    /**
     * Waits, not admitted yet.
     *
     * @param contextLength most tokens, prompt and answer together
     */
    Sequence(GenerationRequest request, int contextLength, TokenSink sink, GenerationListener listener) {
        this.request = request;
        this.sink = sink;
        this.listener = listener;
        this.watchedClosely = listener.timesEveryStep();
        this.sampler = new Sampler(request.sampling(), request.sharedPromptTokens());
        this.constraint =
                request.constraint() == null ? null : request.constraint().begin();
        this.endOfTextIds =
                request.endOfTextIds().stream().mapToInt(Integer::intValue).toArray();
        this.answerLimit = Math.min(request.maxTokens(), contextLength - request.promptLength());
        this.length = request.promptLength();
        this.rank = request.priority();
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

    /** Whether its listener asks to see every step from within. */
    boolean watchedClosely() {
        return watchedClosely;
    }

    Sampler sampler() {
        return sampler;
    }

    /** How far its answer has come under the request's constraint; null without one. */
    TokenConstraint.@Nullable State constraint() {
        return constraint;
    }

    /** Restricts the tokens that may follow to those that the constraint, and the shortest answer asked for, permit. */
    void restrict(AllowedTokens allowed) {
        if (constraintFailure != null) {
            throw new IllegalStateException("the constraint failed to take back draft tokens", constraintFailure);
        }
        if (constraint != null && constraint.allow(allowed.words())) {
            allowed.restrict();
        }
        if (answerLength() < request.minTokens() && endOfTextIds.length > 0) {
            allowed.removeUnlessLast(endOfTextIds);
        }
    }

    /** Most tokens the answer may have: the request's limit or what the context leaves; below 1 if it leaves nothing. */
    int answerLimit() {
        return answerLimit;
    }

    /** Positions the KV pages must hold at worst: every token but the last, which is never computed. */
    int positionsAtWorst() {
        return request.promptLength() + answerLimit - 1;
    }

    /** Positions whose pages it must have to begin or go on: its tokens so far and the next, if that is ever computed. */
    int positionsToBegin() {
        return Math.min(length + 1, positionsAtWorst());
    }

    /** Numbers the sequence in order of arrival; once. */
    void arrive(long index) {
        arrivalIndex = index;
    }

    /** The class it counts as: its request's, or a higher one after a long wait. */
    PriorityClass rank() {
        return rank;
    }

    void raise() {
        rank = rank.raised();
    }

    /** Whether it comes before another one: by class, then by arrival, however often it was preempted. */
    boolean precedes(Sequence other) {
        return rank == other.rank ? arrivalIndex < other.arrivalIndex : rank.compareTo(other.rank) < 0;
    }

    void waitSince(long nowNanos) {
        waitingSinceNanos = nowNanos;
    }

    long waitedNanos(long nowNanos) {
        return nowNanos - waitingSinceNanos;
    }

    /** Asks for the end; the engine thread sees it before its next step. Any thread. */
    void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }

    /** Marks the end as reported; false if it was before. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    /** Whether the deadline is at or before {@code nowNanos}. */
    boolean overdue(long nowNanos) {
        return request.deadlineNanos() != Long.MAX_VALUE && nowNanos - request.deadlineNanos() >= 0;
    }

    /**
     * Takes pages for its tokens so far and the next.
     *
     * @param chain the leading ones among them, which the prefix cache knows; not computed by this sequence
     */
    void begin(PrefixCache.Chain chain, int[] pages) {
        this.chain = chain;
        this.pages = pages;
    }

    void start(int slot) {
        this.slot = slot;
        if (tokens.length == 0) {
            tokens = Arrays.copyOf(request.sharedPromptTokens(), request.promptLength() + answerLimit);
        }
    }

    /** Gives the pages up to whoever releases them, and the slot. What is not computed again is lost. */
    int[] leave() {
        int[] left = pages;
        slot = NO_SLOT;
        pages = new int[0];
        computedCount = 0;
        begunTokens = 0;
        begunLayers = 0;
        leader = null;
        return left;
    }

    /** Remembers that it was made to leave, and is not new to who waits. */
    void preempt() {
        preempted = true;
    }

    boolean preempted() {
        return preempted;
    }

    PrefixCache.Chain chain() {
        return Objects.requireNonNull(chain, "the sequence has not begun");
    }

    int page(int index) {
        return pages[index];
    }

    int pageCount() {
        return pages.length;
    }

    void addPage(int page) {
        pages = Arrays.copyOf(pages, pages.length + 1);
        pages[pages.length - 1] = page;
    }

    /** Puts a page in the place of another one, which it gives back. */
    int replacePage(int index, int page) {
        int replaced = pages[index];
        pages[index] = page;
        return replaced;
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

    /**
     * Whether tokens that are known are to be computed before the last of them: those of the prompt, or after a
     * preemption those of
     * the answer.
     */
    boolean awaitsPrefill() {
        return promptLeft() > 0 || knownAhead() > 0;
    }

    /** Known tokens still to compute. */
    int tokensLeft() {
        return length - computedCount;
    }

    /** Tokens of the chunk of which steps have computed the first {@link #begunLayers}; 0 if there is none. */
    int begunTokens() {
        return begunTokens;
    }

    int begunLayers() {
        return begunLayers;
    }

    /** The first {@code layers} layers of a chunk are computed. */
    void beginChunk(int count, int layers) {
        begunTokens = count;
        begunLayers = layers;
    }

    /**
     * Tokens that the prompts of both begin with alike, the last one of this prompt not counted: its logits are needed.
     */
    int tokensInCommon(Sequence other) {
        if (!request.cacheSalt().equals(other.request.cacheSalt())) {
            return 0;
        }
        int differ = Arrays.mismatch(request.sharedPromptTokens(), other.request.sharedPromptTokens());
        return differ < 0 ? request.promptLength() - 1 : Math.min(differ, request.promptLength() - 1);
    }

    /** Waits for what another sequence computes of the same prompt. */
    void follow(Sequence other, int common) {
        leader = other;
        commonTokens = common;
    }

    /** The sequence to copy from; null if there is none, or it is gone. */
    @Nullable
    Sequence leader() {
        if (leader != null && (!leader.running() || computedCount >= commonTokens)) {
            leader = null;
        }
        return leader;
    }

    /** Tokens to copy from the {@link #leader}. */
    int commonTokens() {
        return commonTokens;
    }

    /** Whether the leader has yet to compute what this sequence waits for. */
    boolean waitsForLeader() {
        Sequence computing = leader();
        return computing != null && computing.computedCount() < commonTokens;
    }

    /** Tokens that steps have computed of later prompts before its own; see {@link PrefillTurns}. */
    int lentTokens() {
        return lentTokens;
    }

    void lend(int count) {
        lentTokens += count;
    }

    void payBack(int count) {
        lentTokens = Math.max(0, lentTokens - count);
    }

    /** The next {@code count} tokens of the prompt; logits only if what follows them is not known. */
    Span promptSpan(int count, Layers layers) {
        int[] chunk = Arrays.copyOfRange(tokens, computedCount, computedCount + count);
        return Span.prefill(chunk, computedCount, pages, promptLogits(count, layers), layers);
    }

    private Logits promptLogits(int count, Layers layers) {
        if (!layers.last()) {
            return Logits.NONE;
        }
        if (request.scoresPrompt()) {
            return Logits.ALL;
        }
        return computedCount + count == length ? Logits.LAST : Logits.NONE;
    }

    /** A token of the prompt or the answer so far. */
    int token(int index) {
        return tokens[index];
    }

    /** Tokens of the prompt whose scores the sink has, the first one, which has none, among them. */
    int scoredTokens() {
        return scoredTokens;
    }

    void scored() {
        scoredTokens++;
    }

    /**
     * The token sampled last, or an earlier one that is computed again, and {@code ahead} further ones.
     *
     * @param ahead tokens {@link #knownAhead}, or if there are none, guessed
     */
    Span decodeSpan(int ahead) {
        if (ahead > 0) {
            return Span.decode(
                    Arrays.copyOfRange(tokens, computedCount, computedCount + 1 + ahead), computedCount, pages);
        }
        oneToken[0] = tokens[computedCount];
        return Span.decode(oneToken, computedCount, pages);
    }

    /** Tokens after the next one to compute that are known, the answer being computed again after a preemption. */
    int knownAhead() {
        return length - 1 - computedCount;
    }

    /** Of so many tokens computed ahead, those that are guesses: all, unless they are {@link #knownAhead}. */
    int guessedOf(int ahead) {
        return knownAhead() > 0 ? 0 : ahead;
    }

    /**
     * Positions after the next one whose pages it has and which its answer may still need; a last token is never computed.
     *
     * @param pagePositions positions a page holds
     */
    int roomAhead(int pagePositions) {
        return Math.min(pages.length * pagePositions, positionsAtWorst()) - computedCount - 1;
    }

    /** Guesses its next {@code count} tokens; false if it has no idea. */
    boolean guess(int count) {
        if (lookup == null) {
            lookup = new PromptLookup(tokens.length);
        }
        return lookup.guess(tokens, length, count);
    }

    /** Of so many guessed tokens, those before the first that the constraint forbids: the others would be rejected. */
    int permittedDrafts(int count) {
        if (constraint == null) {
            return count;
        }
        int permitted = 0;
        try {
            while (permitted < count && constraint.accept(tokens[length + permitted])) {
                permitted++;
            }
        } catch (Throwable cause) { // a StackOverflowError too: the stack it filled is gone
            // A draft token is not worth a failure: if it matters, the token that is drawn meets it again.
        }
        try {
            constraint.rollback(permitted);
            return permitted;
        } catch (Throwable cause) { // as above
            constraintFailure = cause;
            return 0;
        }
    }

    /** The chance that a guessed token comes true, going by the last ones. */
    double acceptance() {
        return acceptance;
    }

    /** Learns what became of a guess; the tokens after the first wrong one say nothing. */
    void learn(int draftedTokens, int acceptedTokens) {
        for (int i = 0; i < acceptedTokens; i++) {
            acceptance += ACCEPTANCE_WEIGHT * (1 - acceptance);
        }
        if (acceptedTokens < draftedTokens) {
            acceptance -= ACCEPTANCE_WEIGHT * acceptance;
        }
    }

    /** A guess would not have paid. */
    void forget() {
        acceptance += RECOVERY_WEIGHT * (USUAL_ACCEPTANCE - acceptance);
    }

    /** The keys and values of {@code count} more tokens are in the pages. */
    void advance(int count) {
        computedCount += count;
        reachPrompt();
    }

    /** What is computed again after a preemption adds nothing. */
    private void reachPrompt() {
        promptReached = Math.max(promptReached, Math.min(computedCount, request.promptLength()));
    }

    /**
     * The first {@code positions} tokens are in pages of the prefix cache.
     *
     * @return how many of them need not be computed
     */
    int takeFromCache(int positions) {
        int taken = positions - computedCount;
        computedCount = positions;
        reachPrompt();
        if (!preempted) {
            cachedTokens += taken;
        }
        return taken;
    }

    int computedCount() {
        return computedCount;
    }

    /** Whether the token after the computed ones is known, so that it must not be sampled. */
    boolean knowsNext() {
        return computedCount < length;
    }

    /** Tokens of prompt and answer so far. */
    int length() {
        return length;
    }

    int lastToken() {
        return tokens[length - 1];
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
        return new GenerationUsage(promptReached, cachedTokens, answerLength());
    }
}
