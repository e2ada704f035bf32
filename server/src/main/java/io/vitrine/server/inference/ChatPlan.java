package io.vitrine.server.inference;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.vitrine.grammar.tools.AnswerForm;
import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.ToolFormat;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ChatRequest;
import io.vitrine.server.api.RequestParser;
import io.vitrine.server.api.StatedConstraint;
import io.vitrine.server.api.StatedConstraint.Kind;
import io.vitrine.server.api.ToolRequest;
import io.vitrine.server.constraint.Constraints.Compiled;
import org.jspecify.annotations.Nullable;

/** What a chat's prompt is, and which answers it admits: text, reasoning, calls. */
final class ChatPlan {

    private final ServedModel model;
    private final ChatRequest request;
    private final @Nullable ToolRequest tools;
    private final @Nullable StatedConstraint stated;

    /** @throws ApiException if the request asks for things that exclude each other */
    ChatPlan(ServedModel model, ChatRequest request) {
        this.model = model;
        this.request = request;
        this.tools = request.tools();
        // Calls that are required leave no text to constrain.
        this.stated = tools != null && tools.calls() == Calls.REQUIRED
                ? null
                : request.options().constraint().orElse(null);
        if (tools != null && stated != null) {
            requireDocument(tools, stated);
        }
        requireThinking();
    }

    private void requireDocument(ToolRequest tools, StatedConstraint constraint) {
        if (constraint.kind() != Kind.SCHEMA) {
            throw ApiException.invalid(
                    constraint.field(),
                    constraint.field() + " must not be given together with tools; response_format may");
        }
        if (tools.calls() == Calls.POSSIBLE && model.dialect().toolFormat() == ToolFormat.PYTHONIC) {
            throw ApiException.invalid(
                    constraint.field(),
                    constraint.field() + " must not be given together with tools that may be called: this model's calls"
                            + " cannot be distinguished from a document; use tool_choice none or required");
        }
    }

    private void requireThinking() {
        boolean wanted = Boolean.TRUE.equals(request.templateVariables().get(RequestParser.ENABLE_THINKING));
        boolean known = model.chatTemplate()
                .filter(template -> template.mentions(RequestParser.ENABLE_THINKING))
                .isPresent();
        if (wanted && !known) {
            throw ApiException.invalid(
                    RequestParser.ENABLE_THINKING,
                    RequestParser.ENABLE_THINKING
                            + " must not be true: this model's chat template cannot switch it on");
        }
    }

    PromptTokens.Chat prompt(PromptTokens tokens) {
        List<Object> definitions = tools == null ? List.of() : tools.definitions();
        return tokens.of(request.messages(), definitions, request.templateVariables(), request.promptEnd());
    }

    AnswerForm form(PromptTokens.Chat prompt) {
        return model.dialect().form(tools, prompt.text(), stated != null);
    }

    /**
     * What every answer satisfies. Bounded by the limits of constraints, whatever is stated.
     *
     * @throws ApiException if it cannot be enforced
     */
    Optional<Compiled> constraint(AnswerForm form) {
        if (form.functions().isEmpty() && stated == null) {
            return Optional.empty();
        }
        return Optional.of(
                form.hasParts()
                        ? model.constraints().compile(form, stated)
                        : model.constraints().compile(Objects.requireNonNull(stated)));
    }

    AnswerReading reading(AnswerForm form) {
        return form.hasParts()
                ? new AnswerReading(
                        form,
                        model.constraints().markers(form),
                        model.constraints().limits())
                : AnswerReading.TEXT;
    }
}
