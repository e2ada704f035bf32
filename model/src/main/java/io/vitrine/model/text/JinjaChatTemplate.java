package io.vitrine.model.text;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.vitrine.model.text.jinja.JinjaException;
import io.vitrine.model.text.jinja.JinjaTemplate;
import org.jspecify.annotations.Nullable;

/**
 * A chat template in Jinja, as checkpoints bring it.
 *
 * <p>It sees {@code messages} (each with {@code role}, {@code content} and its further fields), {@code tools} (None if there
 * are none), {@code add_generation_prompt}, {@code bos_token} and {@code eos_token} (empty if the model has none), {@code
 * documents} (None) and the conversation's variables. All texts of a conversation are data, those of tools and variables
 * too: what looks like Jinja in them stays as it is, and what looks like a control token is text ({@link
 * TemplateMarkers}); noncharacters in them (U+FDD0 to U+FDEF) become U+FFFD. A template that does not know the role
 * {@code developer} sees {@code system}. {@link JinjaTemplate} says what is supported.
 */
public final class JinjaChatTemplate implements ChatTemplate {

    private static final String DEVELOPER = "developer";
    private static final Pattern ROLE = Pattern.compile("[\\p{L}\\p{N}_. -]*");

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
    private final ControlTokens reading;
    private final TemplateMarkers markers;
    private final boolean knowsDeveloper;
    /** Whether it puts control tokens together from pieces. */
    private final boolean composes;

    /** As the other constructor, for a prompt whose control tokens are read wherever they are spelled. */
    public JinjaChatTemplate(String source, String bosToken, String eosToken, Clock clock) {
        this(source, bosToken, eosToken, clock, Set.of(), ControlTokens.EVERYWHERE);
    }

    /**
     * Parses the template and renders small conversations by it, so that one that cannot run is found here.
     *
     * @param bosToken what the model puts before a text, perhaps empty
     * @param eosToken what it puts after a text, perhaps empty
     * @param clock what {@code strftime_now} tells
     * @param controlTokens as the tokenizer spells them
     * @throws ChatTemplateException if it cannot be parsed or run, or refuses each of the conversations
     */
    public JinjaChatTemplate(
            String source,
            String bosToken,
            String eosToken,
            Clock clock,
            Collection<String> controlTokens,
            ControlTokens reading) {
        this.source = source;
        this.clock = clock;
        this.reading = reading;
        this.knowsDeveloper = source.contains(DEVELOPER);
        this.markers = new TemplateMarkers(
                List.of(source, bosToken, eosToken), reading == ControlTokens.IN_TEMPLATE ? controlTokens : Set.of());
        this.bosToken = markers.marked(bosToken);
        this.eosToken = markers.marked(eosToken);
        try {
            this.template = new JinjaTemplate(source, markers::marked);
            this.composes = tryOut();
        } catch (JinjaException e) {
            throw new ChatTemplateException("the chat template cannot be used: " + e.getMessage(), e);
        }
    }

    /** The Jinja text. */
    @Override
    public String source() {
        return source;
    }

    @Override
    public ChatPrompt render(Conversation conversation) {
        try {
            return prompt(renderPlainly(conversation, composes));
        } catch (JinjaException e) {
            String message = String.valueOf(e.getMessage());
            throw new ChatTemplateException(
                    e.isRefusal() ? message : "the chat template cannot render this conversation: " + message, e);
        }
    }

    private ChatPrompt prompt(TemplateMarkers.Rendered rendered) {
        if (reading == ControlTokens.EVERYWHERE) {
            return ChatPrompt.unmarked(rendered.text());
        }
        return ChatPrompt.of(
                rendered.text(),
                composes
                        ? markers.spelledIn(rendered).stream()
                                .filter(rendered::isWhole)
                                .toList()
                        : rendered.markers());
    }

    /**
     * A template may refuse some conversations (many know no system role), but not all, and may not fail on any.
     *
     * @return whether it wrote a control token that is not one of its literals: these conversations spell none
     */
    private boolean tryOut() {
        int refusals = 0;
        boolean composed = false;
        for (List<ChatMessage> trial : TRIALS) {
            try {
                TemplateMarkers.Rendered rendered = renderPlainly(Conversation.of(trial), false);
                composed |= !markers.spelledIn(rendered).equals(rendered.markers());
            } catch (JinjaException e) {
                refusals++;
                if (!e.isRefusal() || refusals == TRIALS.size()) {
                    throw e;
                }
            }
        }
        return composed;
    }

    private TemplateMarkers.Rendered renderPlainly(Conversation conversation, boolean breaking) {
        Map<String, Object> variables = new HashMap<>();
        conversation.variables().forEach((name, value) -> variables.put(name, data(value, breaking)));
        variables.put(
                "messages",
                conversation.messages().stream()
                        .map(message -> message(message, breaking))
                        .toList());
        variables.put("add_generation_prompt", conversation.addGenerationPrompt());
        variables.put("bos_token", bosToken);
        variables.put("eos_token", eosToken);
        variables.put("tools", conversation.tools().isEmpty() ? null : data(conversation.tools(), breaking));
        variables.put("documents", null);
        return markers.rendered(template.render(variables, ZonedDateTime.now(clock)));
    }

    private Map<String, Object> message(ChatMessage message, boolean breaking) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("role", role(message));
        seen.put("content", markers.message(message.content(), breaking));
        message.fields().forEach((name, value) -> seen.putIfAbsent(name, data(value, breaking)));
        return seen;
    }

    /** A value all of whose texts, keys included, hold no mark. */
    private @Nullable Object data(@Nullable Object value, boolean breaking) {
        if (value instanceof String text) {
            return markers.message(text, breaking);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(element -> copy.add(data(element, breaking)));
            return copy;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, element) ->
                    copy.put(markers.message(String.valueOf(key), breaking), data(element, breaking)));
            return copy;
        }
        return value;
    }

    private String role(ChatMessage message) {
        String role = message.role().equals(DEVELOPER) && !knowsDeveloper ? "system" : message.role();
        if (reading == ControlTokens.IN_TEMPLATE && !ROLE.matcher(role).matches()) {
            // A template that puts its markers together does so with the role: it must not bring a marker of its own.
            throw new ChatTemplateException("a role must be of letters, digits, '-', '_', '.' and spaces");
        }
        return role;
    }
}
