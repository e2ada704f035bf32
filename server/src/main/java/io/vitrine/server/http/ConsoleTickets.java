package io.vitrine.server.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.vitrine.server.tenancy.Caller;

/**
 * Passes a signed-in operator's chat from the management port to the API of the same process: a ticket names a caller, works once and
 * for seconds, and its value never leaves this machine. Any thread.
 */
public final class ConsoleTickets {

    /** On requests that the management port forwards. */
    static final String HEADER = "x-vitrine-console-ticket";

    private static final int TOKEN_BYTES = 32;
    private static final int MOST = 256;
    private static final long VALID = Duration.ofSeconds(10).toNanos();

    private final LongSupplier nanoClock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Ticket> tickets = new ConcurrentHashMap<>();

    private record Ticket(Caller caller, long madeNanos) {}

    public ConsoleTickets(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Empty if too many are unused. */
    Optional<String> issue(Caller caller) {
        long now = nanoClock.getAsLong();
        tickets.values().removeIf(ticket -> now - ticket.madeNanos > VALID);
        if (tickets.size() >= MOST) {
            return Optional.empty();
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String value = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        tickets.put(value, new Ticket(caller, now));
        return Optional.of(value);
    }

    /** The caller of a ticket, once. */
    Optional<Caller> use(String value) {
        return Optional.ofNullable(tickets.remove(value))
                .filter(ticket -> nanoClock.getAsLong() - ticket.madeNanos <= VALID)
                .map(Ticket::caller);
    }
}
