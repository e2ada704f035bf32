package io.vitrine.server.alerting;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vitrine.alerting.routing.Notification;

/** Notifications as the outbox keeps them. The ledger reads {@code severity} of the text. */
public final class NotificationJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private NotificationJson() {}

    /** All that receivers render: summaries with their numbers, labels, times. */
    public static String write(Notification notification) {
        return write(Message.of(notification));
    }

    public static String write(Message message) {
        try {
            return MAPPER.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a message that cannot be written as JSON", e);
        }
    }

    /**
     * Reads what {@link #write} has written.
     *
     * @throws IllegalArgumentException if the text is not a message
     */
    public static Message read(String body) {
        try {
            return MAPPER.readValue(body, Message.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a stored notification: " + e.getOriginalMessage(), e);
        }
    }
}
