package io.vitrine.server.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.vitrine.store.telemetry.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * Another request of the same id.
 *
 * @param tenantId absent if nobody answered for it
 * @param traceId absent if no trace followed it
 * @param endedAt ISO 8601
 */
@JsonInclude(Include.NON_NULL)
public record RequestUse(
        @Nullable String tenantId, @Nullable String traceId, String endedAt) {

    static RequestUse of(LogRow end) {
        return new RequestUse(end.tenantId(), end.traceId(), Moments.text(end.atEpochNanos()));
    }
}
