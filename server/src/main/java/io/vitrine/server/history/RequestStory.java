package io.vitrine.server.history;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * All that is stored of one request.
 *
 * @param log oldest first
 * @param trace absent if it was not kept
 */
@JsonInclude(Include.NON_NULL)
public record RequestStory(
        String requestId, List<LogLine> log, @Nullable TraceTree trace, List<String> damagedFiles) {}
