package io.vitrine.tenants.quality;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * How one request was served, for its tenant's service level. One that the caller cancelled, or that was refused by its own
 * limits, is none of the server's and is not told.
 *
 * @param available false where the server failed it, let it time out or had no room
 * @param ttftOrNull null where no token came
 * @param endToEndOrNull null where it did not end well
 */
public record ServedRequest(
        boolean available,
        @Nullable Duration ttftOrNull,
        @Nullable Duration endToEndOrNull) {

    public Optional<Duration> ttft() {
        return Optional.ofNullable(ttftOrNull);
    }

    public Optional<Duration> endToEnd() {
        return Optional.ofNullable(endToEndOrNull);
    }
}
