package io.vitrine.server.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.vitrine.store.telemetry.Answer;
import io.vitrine.store.telemetry.SpanRow;
import org.jspecify.annotations.Nullable;

/**
 * A trace as a tree.
 *
 * @param requestId absent for the machine's own, a step of the engine
 * @param roots spans without a parent in the store: one, unless a file was damaged
 */
@JsonInclude(Include.NON_NULL)
public record TraceTree(
        String traceId,
        @Nullable String requestId,
        @Nullable String tenantId,
        String start,
        double durationMs,
        int spanCount,
        List<SpanNode> roots,
        List<String> damagedFiles) {

    /** Of the spans of one trace, by the time they began; there is at least one. */
    static TraceTree of(Answer<SpanRow> trace) {
        List<SpanRow> spans = trace.rows();
        SpanRow first = spans.get(0);
        long start = first.startEpochNanos();
        long end = spans.stream()
                .mapToLong(span -> span.startEpochNanos() + span.durationNanos())
                .max()
                .orElse(start);
        Children children = new Children(spans, start);
        return new TraceTree(
                first.traceId(),
                firstOf(spans.stream().map(SpanRow::requestId).toList()),
                firstOf(spans.stream().map(SpanRow::tenantId).toList()),
                Moments.text(start),
                Moments.millis(end - start),
                spans.size(),
                children.roots(),
                trace.setAside());
    }

    private static @Nullable String firstOf(List<@Nullable String> values) {
        return values.stream().filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Who is below whom. */
    private static final class Children {

        private final List<SpanRow> spans;
        private final long start;
        private final Map<String, List<SpanRow>> byParent = new HashMap<>();

        private Children(List<SpanRow> spans, long start) {
            this.spans = spans;
            this.start = start;
            for (SpanRow span : spans) {
                if (span.parentId() != null) {
                    byParent.computeIfAbsent(span.parentId(), id -> new ArrayList<>())
                            .add(span);
                }
            }
        }

        private List<SpanNode> roots() {
            Set<String> ids = new HashSet<>();
            spans.forEach(span -> ids.add(span.spanId()));
            return spans.stream()
                    .filter(span -> span.parentId() == null || !ids.contains(span.parentId()))
                    .map(this::node)
                    .toList();
        }

        private SpanNode node(SpanRow span) {
            // Taken out: a file that says that a span is below itself must not be followed for ever.
            List<SpanRow> below = byParent.remove(span.spanId());
            return SpanNode.of(
                    span,
                    start,
                    below == null ? List.of() : below.stream().map(this::node).toList());
        }
    }
}
