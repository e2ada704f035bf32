package io.vitrine.grammar.tools;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.vitrine.grammar.schema.Notation;
import org.jspecify.annotations.Nullable;

/**
 * How a family of models writes calls of functions: {@code opening call (separator call)* closing}.
 *
 * <p>In a definition {@code ·} is optional white space, {@code §} the function's name and {@code ¤} its arguments.
 * Between calls and before the closing, white space is optional too.
 */
public enum ToolFormat {
    /** Hermes, Qwen 2.5 and 3; also written by models without a form of their own, as the system text asks for it. */
    HERMES("hermes", "", "<tool_call>·{·\"name\"·:·\"§\"·,·\"arguments\"·:·¤·}·</tool_call>", "", "", Notation.JSON),
    /** Qwen3-Coder and Qwen 3.5. */
    QWEN_XML("qwen-xml", "", "<tool_call>·<function=§>·¤·</tool_call>", "", "", Notation.PARAMETERS),
    /** Llama 3.1 to 3.3: one call, as the whole answer or behind {@code <|python_tag|>}. */
    LLAMA_JSON("llama-json", "<|python_tag|>", "{\"name\": \"§\"·,·\"parameters\"·:·¤·}", null, "", Notation.JSON),
    /** Llama 3.2 (1B and 3B) and 4: a list of Python calls as the whole answer. */
    PYTHONIC("pythonic", "[", "§¤", ",", "]", Notation.KEYWORDS),
    /** Mistral's tokenizers before version 11. */
    MISTRAL_LIST(
            "mistral-list", "[TOOL_CALLS]·[·", "{·\"name\"·:·\"§\"·,·\"arguments\"·:·¤·}", ",", "]", Notation.JSON),
    /** Mistral's tokenizers from version 11. */
    MISTRAL("mistral", "", "[TOOL_CALLS]§¤", "", "", Notation.JSON),
    /** Mistral's tokenizers from version 13. */
    MISTRAL_ARGS("mistral-args", "", "[TOOL_CALLS]§[ARGS]¤", "", "", Notation.JSON);

    private final String id;

    @SuppressWarnings("ImmutableEnumChecker") // a copy
    private final List<Part> opening;

    @SuppressWarnings("ImmutableEnumChecker") // a copy
    private final List<Part> call;

    private final boolean several;
    private final String separator;
    private final String closing;
    private final Notation notation;

    /** A piece of a definition. */
    sealed interface Part {
        record Literal(String text) implements Part {}

        enum Hole implements Part {
            SPACE,
            NAME,
            ARGUMENTS
        }
    }

    /** @param separator null if an answer has one call only */
    ToolFormat(String id, String opening, String call, @Nullable String separator, String closing, Notation notation) {
        this.id = id;
        this.opening = parts(opening);
        this.call = parts(call);
        this.several = separator != null;
        this.separator = separator == null ? "" : separator;
        this.closing = closing;
        this.notation = notation;
    }

    private static List<Part> parts(String definition) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        for (char c : (definition + "\0").toCharArray()) {
            int hole = "·§¤\0".indexOf(c);
            if (hole < 0) {
                literal.append(c);
                continue;
            }
            if (!literal.isEmpty()) {
                parts.add(new Part.Literal(literal.toString()));
                literal.setLength(0);
            }
            if (c != '\0') {
                parts.add(Part.Hole.values()[hole]);
            }
        }
        return List.copyOf(parts);
    }

    /** As the configuration writes it. */
    public String id() {
        return id;
    }

    public static Optional<ToolFormat> named(String id) {
        return Arrays.stream(values()).filter(format -> format.id.equals(id)).findFirst();
    }

    /**
     * The format that a chat template writes into its history; empty if it writes none that is known.
     *
     * @param template the text of the template
     */
    public static Optional<ToolFormat> ofTemplate(String template) {
        if (template.contains("<function=")) {
            return Optional.of(QWEN_XML);
        }
        if (template.contains("<tool_call>")) {
            return Optional.of(HERMES);
        }
        if (template.contains("[TOOL_CALLS]")) {
            return Optional.of(mistral(template));
        }
        if (template.contains("<|python_tag|>") || template.contains("\"parameters\": ")) {
            return Optional.of(LLAMA_JSON);
        }
        boolean pythonic = template.contains("[func_name1(") || template.contains("<|python_start|>");
        return pythonic ? Optional.of(PYTHONIC) : Optional.empty();
    }

    private static ToolFormat mistral(String template) {
        if (template.contains("[ARGS]")) {
            return MISTRAL_ARGS;
        }
        // A list is opened in the same literal, or in the next one.
        return template.matches("(?s).*\\[TOOL_CALLS\\]\\s*(['\"]\\s*[+~]\\s*['\"])?\\s*\\[.*")
                ? MISTRAL_LIST
                : MISTRAL;
    }

    /** Ids of calls have nine letters and digits instead of {@code call_} and more of them. */
    public boolean hasShortIds() {
        return this == MISTRAL_LIST || this == MISTRAL || this == MISTRAL_ARGS;
    }

    /** Texts that may be special tokens of a vocabulary: to be read and written like other text. */
    public List<String> markers() {
        return switch (this) {
            case HERMES, QWEN_XML -> List.of("<tool_call>", "</tool_call>");
            case LLAMA_JSON -> List.of("<|python_tag|>");
            case PYTHONIC -> List.of();
            case MISTRAL_LIST, MISTRAL -> List.of("[TOOL_CALLS]");
            case MISTRAL_ARGS -> List.of("[TOOL_CALLS]", "[ARGS]");
        };
    }

    /** The text that begins calls wherever it stands; empty if nothing does. */
    String trigger() {
        return this == PYTHONIC ? "" : markers().get(0);
    }

    /** Texts that begin calls at the start of an answer, without the trigger. */
    List<String> startTriggers(List<ToolFunction> functions) {
        return switch (this) {
            case LLAMA_JSON -> List.of(((Part.Literal) call.get(0)).text());
            case PYTHONIC ->
                functions.stream().map(function -> "[" + function.name() + "(").toList();
            case HERMES, QWEN_XML, MISTRAL_LIST, MISTRAL, MISTRAL_ARGS -> List.of();
        };
    }

    /** Whether calls at the start of an answer have no opening. */
    boolean opensBareAtStart() {
        return this == LLAMA_JSON;
    }

    /** Whether an answer can have more than one call. */
    public boolean hasSeveral() {
        return several;
    }

    List<Part> opening() {
        return opening;
    }

    List<Part> call() {
        return call;
    }

    String separator() {
        return separator;
    }

    String closing() {
        return closing;
    }

    Notation notation() {
        return notation;
    }
}
