package io.vitrine.store.ledger;

/**
 * One notification for one receiver.
 *
 * @param receiver its configured name
 * @param groupKey messages of one receiver and one group are delivered in the order of their insertion
 * @param kind why it is sent
 * @param createdMillis milliseconds since 1970
 * @param body JSON; its {@code severity} decides what a full outbox drops first
 */
public record OutboxMessage(String receiver, String groupKey, String kind, long createdMillis, String body) {

    public OutboxMessage {
        if (receiver.isBlank()) {
            throw new IllegalArgumentException("receiver must not be blank");
        }
    }
}
