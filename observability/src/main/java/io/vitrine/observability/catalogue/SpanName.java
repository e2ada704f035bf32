package io.vitrine.observability.catalogue;

import java.util.Locale;

/** Every span of ours. Vert.x names its own, for the event bus and for what the server asks of others. */
public enum SpanName {
    /** The whole of a request, from its head to the last byte of its answer; the others are below it. */
    GATEWAY_REQUEST("one HTTP request, from its head to the end of its answer"),
    AUTH_VALIDATE("who asks: from the head until that is known, or known to be nobody"),
    /** As long as the client and the network take. */
    REQUEST_READ("the body: from the head, or what was checked before it, to its last byte"),
    PROMPT_PREPARATION("checks, chat template and tokens; a wait for a thread to do it included"),
    GRAMMAR_COMPILE("of the preparation, from the constraint on the answer to its compiled form"),
    RATE_LIMIT_CHECK("whether the tenant's limits and budgets have room for the request; if so, up to what follows"),
    QUEUE_ENQUEUE("from submission to a slot in the batch"),
    INFERENCE_PROCESS("from the first slot of any choice to the end of the last"),
    /** A trace of its own: no request waits for a load. */
    MODEL_LOAD("a model's way into memory"),
    MODEL_GENERATE("one choice, from its slot to its end"),
    PREFILL(
            "one step in which a chunk of the prompt, or some layers of one, was computed; all such steps after a preemption"),
    DECODE("the tokens after the prompt: all its steps, or one where steps are seen one by one"),
    ATTENTION_COMPUTATION("projections, rotary embedding, keys and values, scores: of all layers"),
    FEED_FORWARD("the feed-forward layers, of all layers"),
    OUTPUT_HEAD("from the last hidden state to logits"),
    TOKEN_SAMPLING("from logits to token ids"),
    RESPONSE_FORMATTING(
            "from the last token, or the error, to the last byte, or until it is clear that nobody reads it"),
    LEDGER_WRITE("the request's charge, until the ledger has its entry: the answer is not complete before"),
    /** A trace of its own, linked with the requests it served. */
    ENGINE_STEP("one step of the engine, for all the sequences in it");

    private final String meaning;
    private final String label = name().toLowerCase(Locale.ROOT);

    SpanName(String meaning) {
        this.meaning = meaning;
    }

    /** As the span is called: {@code gateway_request}. */
    public String label() {
        return label;
    }

    public String meaning() {
        return meaning;
    }
}
