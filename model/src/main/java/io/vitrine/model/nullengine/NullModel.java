package io.vitrine.model.nullengine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.text.ChatPrompt;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.Conversation;

/** Makes the parts of the null engine's model. */
public final class NullModel {

    /** As clients ask for it. */
    public static final String NAME = "null";

    public static final int DEFAULT_CONTEXT_LENGTH = 8192;
    public static final int DEFAULT_SLOTS = 64;

    private NullModel() {}

    /** A tokenizer of bytes, and a chat template without control tokens. */
    public static ModelText text() {
        return new ModelText(
                new ByteTokenizer(), Optional.<ChatTemplate>of(NullModel::render), Set.of(ByteTokenizer.END));
    }

    /**
     * The runner.
     *
     * @param pace time of a step that decodes
     * @param contextLength longest sequence, in positions
     * @param slots sequences that have pages enough to be as long at once
     */
    public static ModelRunner runner(Duration pace, int contextLength, int slots, NanoClock clock) {
        return new NullRunner(pace.toNanos(), contextLength, slots, clock);
    }

    private static ChatPrompt render(Conversation conversation) {
        return ChatPrompt.of(
                conversation.messages().stream()
                        .map(message -> message.role() + ": " + message.content() + "\n")
                        .collect(Collectors.joining("", "", "assistant: ")),
                List.of());
    }
}
