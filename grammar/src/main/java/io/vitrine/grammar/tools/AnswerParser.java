package io.vitrine.grammar.tools;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.schema.ArgumentsReader;
import io.vitrine.grammar.schema.Notation;
import io.vitrine.grammar.tools.ToolFormat.Part;
import org.jspecify.annotations.Nullable;

/**
 * Takes an answer apart while the model writes it: reasoning, text, calls. A state machine that looks at each character
 * once, so that the parts, joined, do not depend on how the answer was cut into pieces. It follows the definition from
 * which
 * the {@link AnswerGrammar} is made, and expects a text of that grammar or the beginning of one. Any other text is
 * found out
 * at its first character that does not belong there: what is not yet part of a call is then text.
 *
 * <p>For one answer and one thread at a time.
 */
public final class AnswerParser {

    private final AnswerForm form;
    private final GrammarLimits limits;
    private final List<String> triggers;
    private final List<String> startTriggers;
    private final Map<String, Set<String>> textParameters = new HashMap<>();
    private final StringBuilder held = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder name = new StringBuilder();
    private List<AnswerPart> parts = new ArrayList<>();
    private Stage stage;
    private boolean reasoned;
    private boolean reasonedSome;

    private List<Part> definition = List.of();
    private int part;
    private int matched;
    private @Nullable ArgumentsWriter arguments;
    private int started;
    private int completed;
    private boolean malformed;

    private enum Stage {
        /** White space, or the beginning of a text that would open reasoning or calls. */
        START,
        REASONING,
        TEXT,
        CALL,
        BETWEEN_CALLS,
        AFTER_CALLS
    }

    public AnswerParser(AnswerForm form, GrammarLimits limits) {
        this.form = form;
        this.limits = limits;
        this.triggers = form.triggers();
        this.startTriggers = form.startTriggers();
        this.stage = form.reasoning() == AnswerForm.Reasoning.OPENED ? Stage.REASONING : Stage.START;
    }

    /** The parts that are complete with this piece of the answer. */
    public List<AnswerPart> accept(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            accept(piece.charAt(i));
        }
        if (arguments != null) {
            addArguments(arguments.take());
        }
        return taken();
    }

    /** The parts held back, for an answer that has ended. */
    public List<AnswerPart> finish() {
        if (stage == Stage.REASONING) {
            reasoning.append(held);
        } else if (form.calls() != AnswerForm.Calls.REQUIRED
                && (stage == Stage.TEXT || (stage == Stage.START && !reasoned))) {
            text.append(held); // where calls are required it is the beginning of one
        }
        held.setLength(0);
        if (arguments != null) {
            addArguments(arguments.takeAll());
        }
        return taken();
    }

    /** Calls whose names are complete. */
    public int startedCalls() {
        return started;
    }

    /** Calls whose arguments are complete. */
    public int completedCalls() {
        return completed;
    }

    /** Whether the answer is no text of the grammar. */
    public boolean isMalformed() {
        return malformed;
    }

    private List<AnswerPart> taken() {
        flushText();
        List<AnswerPart> complete = parts;
        parts = new ArrayList<>();
        return complete;
    }

    private void flushText() {
        if (!reasoning.isEmpty()) {
            parts.add(new AnswerPart.Reasoning(cut(reasoning)));
        }
        if (!text.isEmpty()) {
            parts.add(new AnswerPart.Text(cut(text)));
        }
    }

    private static String cut(StringBuilder builder) {
        String all = builder.toString();
        builder.setLength(0);
        return all;
    }

    private void accept(char c) {
        switch (stage) {
            case START -> start(c);
            case REASONING -> reasoning(c);
            case TEXT -> text(c);
            case CALL -> call(c);
            case BETWEEN_CALLS -> betweenCalls(c);
            case AFTER_CALLS -> malformed |= !isSpace(c);
        }
    }

    private void start(char c) {
        held.append(c);
        String begun = held.toString().stripLeading();
        if (begun.isEmpty()) {
            return;
        }
        if (begun.equals(AnswerForm.OPEN_REASONING) && form.reasoning() == AnswerForm.Reasoning.POSSIBLE && !reasoned) {
            held.setLength(0);
            stage = Stage.REASONING;
            return;
        }
        boolean possible = form.reasoning() == AnswerForm.Reasoning.POSSIBLE
                && !reasoned
                && AnswerForm.OPEN_REASONING.startsWith(begun);
        for (String trigger : triggers) {
            if (begun.equals(trigger)) {
                startCalls(begun, false);
                return;
            }
            possible |= trigger.startsWith(begun);
        }
        for (String trigger : startTriggers) {
            if (begun.equals(trigger)) {
                startCalls(begun, form.format().opensBareAtStart() && !form.document());
                return;
            }
            possible |= trigger.startsWith(begun);
        }
        if (!possible) {
            String first = reasoned ? begun : held.toString();
            held.setLength(0);
            stage = Stage.TEXT;
            first.chars().forEach(character -> text((char) character));
        }
    }

    private void reasoning(char c) {
        held.append(c);
        String open = held.toString();
        if (open.stripLeading().equals(AnswerForm.CLOSE_REASONING)) {
            held.setLength(0);
            reasoned = true;
            stage = Stage.START;
            return;
        }
        if (!reasonedSome && open.isBlank()) {
            return;
        }
        // Held are white space and the beginning of the closing tag behind it.
        int from = 0;
        while (from < open.length() && !mayClose(open.substring(from))) {
            from++;
        }
        if (from > 0) {
            reasoning.append(
                    reasonedSome
                            ? open.substring(0, from)
                            : open.substring(0, from).stripLeading());
            reasonedSome = true;
            held.delete(0, from);
        }
    }

    private static boolean mayClose(String open) {
        return AnswerForm.CLOSE_REASONING.startsWith(open.stripLeading());
    }

    private void text(char c) {
        held.append(c);
        for (String trigger : triggers) {
            if (held.toString().equals(trigger)) {
                startCalls(trigger, false);
                return;
            }
        }
        while (!held.isEmpty() && triggers.stream().noneMatch(trigger -> trigger.startsWith(held.toString()))) {
            text.append(held.charAt(0));
            held.deleteCharAt(0);
        }
    }

    /** @param bare whether the first call has no opening */
    private void startCalls(String trigger, boolean bare) {
        held.setLength(0);
        List<Part> first = new ArrayList<>(bare ? List.of() : form.format().opening());
        first.addAll(form.format().call());
        startCall(first);
        trigger.chars().forEach(c -> accept((char) c));
    }

    private void startCall(List<Part> parts) {
        definition = parts;
        part = 0;
        matched = 0;
        stage = Stage.CALL;
    }

    private void call(char c) {
        while (part < definition.size()) {
            Part expected = definition.get(part);
            if (expected instanceof Part.Literal literal) {
                literal(literal.text(), c);
                return;
            }
            switch ((Part.Hole) expected) {
                case SPACE -> {
                    if (isSpace(c)) {
                        return;
                    }
                }
                case NAME -> {
                    if (ToolFunction.isNameCharacter(c) && name.length() < ToolFunction.MAX_NAME_LENGTH) {
                        name.append(c);
                        return;
                    }
                    beginArguments();
                }
                case ARGUMENTS -> {
                    argument(c);
                    return;
                }
            }
            part++;
        }
        stage = Stage.BETWEEN_CALLS;
        betweenCalls(c);
    }

    private void literal(String literal, char c) {
        if (literal.charAt(matched) != c) {
            fail();
        } else if (++matched == literal.length()) {
            matched = 0;
            part++;
            if (part == definition.size()) {
                stage = Stage.BETWEEN_CALLS;
            }
        }
    }

    private void beginArguments() {
        String called = cut(name);
        flushText();
        parts.add(new AnswerPart.CallStarted(started++, called));
        arguments = ArgumentsWriter.of(form.format().notation(), textParameters(called));
    }

    /** Read once a function: the schema may be large, and calls many. */
    private Set<String> textParameters(String called) {
        if (form.format().notation() != Notation.PARAMETERS) {
            return Set.of();
        }
        return textParameters.computeIfAbsent(called, missing -> form.functions().stream()
                .filter(function -> function.name().equals(called))
                .findFirst()
                .map(function -> ArgumentsReader.textParameters(function.parameters(), limits))
                .orElse(Set.of()));
    }

    private void argument(char c) {
        if (arguments == null) {
            throw new IllegalStateException("a definition has the name before the arguments");
        }
        if (arguments.accept(c)) {
            addArguments(arguments.takeAll());
            arguments = null;
            completed++;
            part++;
            if (part == definition.size()) {
                stage = Stage.BETWEEN_CALLS;
            }
        }
    }

    private void addArguments(String json) {
        if (!json.isEmpty()) {
            parts.add(new AnswerPart.Arguments(started - 1, json));
        }
    }

    private void betweenCalls(char c) {
        ToolFormat format = form.format();
        if (isSpace(c)) {
            return;
        }
        if (!format.separator().isEmpty() && c == format.separator().charAt(0)) {
            startCall(List.copyOf(withSpaceBefore(format.call())));
        } else if (!format.closing().isEmpty() && c == format.closing().charAt(0)) {
            stage = Stage.AFTER_CALLS;
        } else if (format.separator().isEmpty() && format.hasSeveral()) {
            startCall(format.call());
            call(c);
        } else {
            fail();
        }
    }

    private static List<Part> withSpaceBefore(List<Part> call) {
        List<Part> parts = new ArrayList<>(call);
        parts.add(0, Part.Hole.SPACE);
        return parts;
    }

    private void fail() {
        malformed = true;
        stage = Stage.AFTER_CALLS;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
