package io.vitrine.model.text;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.vitrine.model.text.jinja.JinjaException;
import io.vitrine.model.text.jinja.JinjaTemplate;

/**
 * A chat template in Jinja, as checkpoints bring it.
 *
 * <p>It sees {@code messages} (each with {@code role} and {@code content}), {@code add_generation_prompt} (true),
 * {@code bos_token} and {@code eos_token} (empty if the model has none), {@code tools} and {@code documents} (None). Message
 * texts are data: what looks like Jinja in them stays as it is. {@link JinjaTemplate} says what is supported.
 */
public final class JinjaChatTemplate implements ChatTemplate {

    private static final ChatMessage SYSTEM = new ChatMessage("system", "Be brief.");
    private static final ChatMessage USER = new ChatMessage("user", "Hello");
    private static final ChatMessage ASSISTANT = new ChatMessage("assistant", "Hello!");

    /** The conversations that are tried at load. */
    private static final List<List<ChatMessage>> TRIALS =
            List.of(List.of(USER), List.of(SYSTEM, USER), List.of(USER, ASSISTANT, USER));

    private final String source;
    private final JinjaTemplate template;
    private final String bosToken;
    private final String eosToken;
    private final Clock clock;

    /**
     * Parses the template and renders small conversations by it, so that one that cannot run is found here.
     *
     * @param bosToken what the model puts before a text, perhaps empty
     * @param eosToken what it puts after a text, perhaps empty
     * @param clock what {@code strftime_now} tells
     * @throws ChatTemplateException if it cannot be parsed or run, or refuses each of the conversations
     */
    public JinjaChatTemplate(String source, String bosToken, String eosToken, Clock clock) {
        this.source = source;
        this.bosToken = bosToken;
        this.eosToken = eosToken;
        this.clock = clock;
        try {
            this.template = new JinjaTemplate(source);
            tryOut();
        } catch (JinjaException e) {
            throw new ChatTemplateException("the chat template cannot be used: " + e.getMessage(), e);
        }
    }

    /** The Jinja text. */
    public String source() {
        return source;
    }

    @Override
    public boolean names(String role) {
        return source.contains("'" + role + "'") || source.contains("\"" + role + "\"");
    }

    @Override
    public String render(List<ChatMessage> messages) {
        try {
            return renderPlainly(messages);
        } catch (JinjaException e) {
            String message = String.valueOf(e.getMessage());
            throw new ChatTemplateException(
                    e.isRefusal() ? message : "the chat template cannot render this conversation: " + message, e);
        }
    }

    /** A template may refuse some conversations (many know no system role), but not all, and may not fail on any. */
    private void tryOut() {
        int refusals = 0;
        for (List<ChatMessage> trial : TRIALS) {
            try {
                renderPlainly(trial);
            } catch (JinjaException e) {
                refusals++;
                if (!e.isRefusal() || refusals == TRIALS.size()) {
                    throw e;
                }
            }
        }
    }

    private String renderPlainly(List<ChatMessage> messages) {
        Map<String, Object> variables = new HashMap<>();
        variables.put(
                "messages",
                messages.stream()
                        .map(message -> Map.of("role", message.role(), "content", message.content()))
                        .toList());
        variables.put("add_generation_prompt", true);
        variables.put("bos_token", bosToken);
        variables.put("eos_token", eosToken);
        variables.put("tools", null);
        variables.put("documents", null);
        return template.render(variables, ZonedDateTime.now(clock));
    }
}
