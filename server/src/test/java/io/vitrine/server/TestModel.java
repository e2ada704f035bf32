package io.vitrine.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.model.ModelText;
import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.ScriptedRunner;
import io.vitrine.model.text.ChatMessage;
import io.vitrine.model.text.ChatPrompt;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.model.text.ChatTemplateException;
import io.vitrine.model.text.Conversation;

/**
 * A model whose answers follow from the end of the prompt:
 *
 * <ul>
 *   <li>after {@code ^}: {@code ABCDE}, then the end of text;
 *   <li>after {@code ~}: {@code é} in two tokens, then the alphabet;
 *   <li>after {@code #} anywhere: any small letter, all equally likely;
 *   <li>otherwise the small letters in order, again and again.
 * </ul>
 *
 * A chat is each message's {@code role=content|}, so the last message's content decides (its {@code |} is looked through).
 */
public final class TestModel {

    public static final String NAME = "test/model";
    public static final int CONTEXT_LENGTH = 512;

    /** As if there were any. */
    static final long WEIGHT_BYTES = 1_000;

    private static final float LIKELY = ScriptedRunner.WANTED * 3;

    private TestModel() {}

    public static LoadedModel with(ModelRunner runner, int slots) {
        return new LoadedModel(
                NAME,
                new ModelText(
                        new ByteTokenizer(), Optional.of((ChatTemplate) TestModel::render), Set.of(ByteTokenizer.END)),
                runner,
                slots,
                WEIGHT_BYTES);
    }

    public static ScriptedRunner runner() {
        return new ScriptedRunner(ByteTokenizer.SIZE, CONTEXT_LENGTH, 16, 16 * CONTEXT_LENGTH / 16, TestModel::logits);
    }

    /** The same with room for longer prompts: a token is a byte. */
    public static ScriptedRunner runner(int contextLength) {
        return new ScriptedRunner(ByteTokenizer.SIZE, contextLength, 16, contextLength, TestModel::logits);
    }

    /** Answers every chat with this text, which has no {@code |}, as far as it may; then the end of text. */
    public static ScriptedRunner saying(String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        int contextLength = 4_096;
        return new ScriptedRunner(ByteTokenizer.SIZE, contextLength, 16, contextLength, (tokens, row) -> {
            int said = 0;
            while (tokens[tokens.length - 1 - said] != '|') {
                said++;
            }
            row[said < bytes.length ? Byte.toUnsignedInt(bytes[said]) : ByteTokenizer.END] = LIKELY;
        });
    }

    /** The same with so many pages of 16 positions. */
    public static ScriptedRunner runnerWithPages(int pageCount) {
        return new ScriptedRunner(ByteTokenizer.SIZE, CONTEXT_LENGTH, 16, pageCount, TestModel::logits);
    }

    /** The same, which does something for each row of logits: moves a clock on, say. */
    public static ScriptedRunner runner(Runnable eachRow) {
        return new ScriptedRunner(ByteTokenizer.SIZE, CONTEXT_LENGTH, 16, 16 * CONTEXT_LENGTH / 16, (tokens, row) -> {
            eachRow.run();
            logits(tokens, row);
        });
    }

    /** A head with rows past the tokenizer's ids, which the model likes best. */
    public static ScriptedRunner paddedRunner(int padding) {
        return new ScriptedRunner(
                ByteTokenizer.SIZE + padding, CONTEXT_LENGTH, 16, 16 * CONTEXT_LENGTH / 16, (tokens, row) -> {
                    logits(tokens, row);
                    Arrays.fill(row, ByteTokenizer.SIZE, row.length, 2 * LIKELY);
                });
    }

    static ChatPrompt render(Conversation conversation) {
        List<ChatMessage> messages = conversation.messages();
        if (messages.stream().anyMatch(message -> message.role().equals("refused"))) {
            throw new ChatTemplateException("the role 'refused' is not known");
        }
        return ChatPrompt.of(
                messages.stream()
                        .map(message -> message.role() + "=" + message.content() + "|")
                        .collect(Collectors.joining()),
                List.of());
    }

    private static void logits(int[] tokens, float[] row) {
        int last = tokens[tokens.length - 1];
        if (last == '|' && tokens.length > 1) {
            last = tokens[tokens.length - 2];
        }
        if (contains(tokens, '#')) {
            for (int letter = 'a'; letter <= 'z'; letter++) {
                row[letter] = LIKELY;
            }
        } else {
            row[next(last)] = LIKELY;
        }
    }

    private static int next(int last) {
        return switch (last) {
            case '^' -> 'A';
            case 'E' -> ByteTokenizer.END;
            case ByteTokenizer.END -> 'a';
            case '~' -> 0xC3;
            case 0xC3 -> 0xA9;
            default -> (last >= 'A' && last < 'E') || (last >= 'a' && last < 'z') ? last + 1 : 'a';
        };
    }

    private static boolean contains(int[] tokens, int wanted) {
        for (int token : tokens) {
            if (token == wanted) {
                return true;
            }
        }
        return false;
    }
}
