package io.vitrine.server.tracing;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;

import static org.assertj.core.api.Assertions.assertThat;

/** One trace, and what must hold for each: counted from the spans alone, with nothing of the code that made them. */
record TraceView(SpanData root, List<SpanData> spans) {

    private static final String GAP = "vitrine.gap.";
    private static final double LEAST_COVERED = 0.95;

    /** The span tree in one line: {@code root(child child(grandchild))}, in order of time. */
    String tree() {
        return tree(root);
    }

    private String tree(SpanData span) {
        List<SpanData> children = childrenOf(span);
        return children.isEmpty()
                ? span.getName()
                : span.getName()
                        + children.stream().map(this::tree).toList().toString().replace(",", "");
    }

    List<SpanData> childrenOf(SpanData parent) {
        return spans.stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos)
                        .thenComparingLong(SpanData::getEndEpochNanos))
                .toList();
    }

    SpanData only(String name) {
        List<SpanData> named = named(name);
        assertThat(named).as(name).hasSize(1);
        return named.get(0);
    }

    List<SpanData> named(String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    String text(String attribute) {
        return root.getAttributes().get(AttributeKey.stringKey(attribute));
    }

    static long number(SpanData span, String attribute) {
        Long value = span.getAttributes().get(AttributeKey.longKey(attribute));
        assertThat(value).as(span.getName() + " " + attribute).isNotNull();
        return value;
    }

    /**
     * Every span has its parent, lies inside it, and with the named gaps the children make up all but a twentieth of it; of the
     * whole request they do so without any gap.
     */
    TraceView requireWhole() {
        assertThat(gaps(root)).as("gaps of the root").isZero();
        for (SpanData span : spans) {
            assertThat(span.getEndEpochNanos())
                    .as("%s ends after it starts in %s", span.getName(), tree())
                    .isGreaterThanOrEqualTo(span.getStartEpochNanos());
            if (span != root) {
                requireInside(span);
            }
            requireCovered(span);
        }
        return this;
    }

    private void requireInside(SpanData span) {
        SpanData parent = spans.stream()
                .filter(other -> other.getSpanId().equals(span.getParentSpanId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(span.getName() + " has no parent in " + tree()));
        assertThat(span.getStartEpochNanos())
                .as("%s begins inside %s", span.getName(), parent.getName())
                .isGreaterThanOrEqualTo(parent.getStartEpochNanos());
        assertThat(span.getEndEpochNanos())
                .as("%s ends inside %s", span.getName(), parent.getName())
                .isLessThanOrEqualTo(parent.getEndEpochNanos());
    }

    private void requireCovered(SpanData span) {
        List<SpanData> children = childrenOf(span);
        long gaps = gaps(span);
        // What is written, and the prompt, are the work of the span itself; its child is a part of that.
        if (Set.of("response_formatting", "prompt_preparation").contains(span.getName())
                || (children.isEmpty() && gaps == 0)) {
            return;
        }
        long duration = span.getEndEpochNanos() - span.getStartEpochNanos();
        long covered = union(children) + gaps;
        assertThat((double) covered)
                .as("%s of %d ns: %d ns by children, %d ns named gaps", tree(span), duration, union(children), gaps)
                .isBetween(LEAST_COVERED * duration, (double) duration);
    }

    private static long gaps(SpanData span) {
        long[] sum = {0};
        span.getAttributes().forEach((key, value) -> {
            if (key.getKey().startsWith(GAP)) {
                assertThat((Long) value).as(span.getName() + " " + key.getKey()).isNotNegative();
                sum[0] += (Long) value;
            }
        });
        return sum[0];
    }

    /** Time in which at least one of them ran. */
    private static long union(List<SpanData> byStart) {
        long covered = 0;
        long until = Long.MIN_VALUE;
        for (SpanData span : byStart) {
            long from = Math.max(until, span.getStartEpochNanos());
            covered += Math.max(0, span.getEndEpochNanos() - from);
            until = Math.max(until, span.getEndEpochNanos());
        }
        return covered;
    }
}
