package io.vitrine.server.history;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * All that is stored of one request.
 *
 * @param tenantId absent if nobody answered for it
 * @param log oldest first
 * @param trace absent if it was not kept
 * @param otherUses latest other requests of the same id, newest first
 */
@JsonInclude(Include.NON_NULL)
public record RequestStory(
        String requestId,
        @Nullable String tenantId,
        List<LogLine> log,
        @Nullable TraceTree trace,
        List<RequestUse> otherUses,
        List<String> damagedFiles) {}
