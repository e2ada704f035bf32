package io.vitrine.server.tools;

import java.util.List;
import java.util.Optional;

import io.vitrine.grammar.tools.AnswerForm;
import io.vitrine.grammar.tools.AnswerForm.Calls;
import io.vitrine.grammar.tools.AnswerForm.Reasoning;
import io.vitrine.grammar.tools.ToolFormat;
import io.vitrine.model.text.ChatTemplate;
import io.vitrine.server.api.ToolRequest;
import io.vitrine.server.config.ServerConfig.EngineConfig;
import org.jspecify.annotations.Nullable;

/**
 * How a model writes more than text.
 *
 * @param toolFormat of its calls
 * @param templateHasTools whether its chat template writes tools and calls itself
 * @param reasons whether its answers may begin with reasoning
 */
public record ModelDialect(ToolFormat toolFormat, boolean templateHasTools, boolean reasons) {

    /** As its chat template shows and the configuration says. */
    public static ModelDialect of(Optional<ChatTemplate> template, EngineConfig config) {
        String source = template.map(ChatTemplate::source).orElse("");
        boolean reasons =
                switch (config.reasoning()) {
                    case AUTO -> source.contains(AnswerForm.CLOSE_REASONING);
                    case THINK -> true;
                    case NONE -> false;
                };
        return new ModelDialect(
                config.toolFormat().or(() -> ToolFormat.ofTemplate(source)).orElse(ToolFormat.HERMES),
                template.filter(known -> known.mentions("tools")).isPresent(),
                reasons);
    }

    /**
     * The form of a chat's answers.
     *
     * @param tools null for none
     * @param prompt the rendered prompt: it may have opened the reasoning
     * @param document whether another grammar describes the text
     */
    public AnswerForm form(@Nullable ToolRequest tools, String prompt, boolean document) {
        Reasoning reasoning = Reasoning.NONE;
        if (reasons) {
            boolean opened = prompt.stripTrailing().endsWith(AnswerForm.OPEN_REASONING);
            reasoning = opened ? Reasoning.OPENED : Reasoning.POSSIBLE;
        }
        if (tools == null) {
            return new AnswerForm(toolFormat, List.of(), Calls.NONE, 1, reasoning, document);
        }
        int maxCalls = tools.parallel() && toolFormat.hasSeveral() ? AnswerForm.MAX_CALLS : 1;
        return new AnswerForm(toolFormat, tools.callableFunctions(), tools.calls(), maxCalls, reasoning, document);
    }
}
