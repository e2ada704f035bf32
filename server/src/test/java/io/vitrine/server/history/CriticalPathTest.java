package io.vitrine.server.history;

import java.util.List;
import java.util.Map;

import io.vitrine.store.telemetry.SpanRow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class CriticalPathTest {

    private final SpanRow root = span("r", null, "gateway_request", 0, 100);

    @Test
    void givesEachStageItsTimeAndTheRestToTheParent() {
        assertThat(path(
                        root,
                        span("q", "r", "queue_enqueue", 5, 40),
                        span("i", "r", "inference_process", 40, 90),
                        span("p", "i", "prefill", 40, 60),
                        span("d", "i", "decode", 65, 90)))
                .containsExactly(
                        entry("gateway_request", 15L),
                        entry("queue_enqueue", 35L),
                        entry("prefill", 20L),
                        entry("inference_process", 5L),
                        entry("decode", 25L));
    }

    @Test
    void followsTheChoiceThatEndedLast() {
        assertThat(path(
                        root,
                        span("a", "r", "model_generate", 10, 60),
                        span("b", "r", "model_generate", 20, 100),
                        span("ad", "a", "decode", 10, 60),
                        span("bp", "b", "prefill", 20, 30),
                        span("bd", "b", "decode", 30, 100)))
                .containsExactly(entry("gateway_request", 10L), entry("decode", 80L), entry("prefill", 10L));
    }

    @Test
    void countsNothingTwiceThatLiesOutsideItsParent() {
        Map<String, Long> path =
                path(root, span("i", "r", "inference_process", -10, 130), span("d", "i", "decode", 90, 500));
        assertThat(path.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(100);
    }

    @Test
    void doesNotLookInsideSumsOverSteps() {
        assertThat(path(root, span("d", "r", "decode", 0, 100), span("f", "d", "feed_forward", 0, 70)))
                .containsExactly(entry("decode", 100L));
    }

    @Test
    void endsWhereASpanIsBelowItself() {
        SpanRow loop = span("x", "x", "prefill", 0, 50);
        assertThat(CriticalPath.of(loop, List.of(loop))).containsExactly(entry("prefill", 50L));
        SpanRow odd = span("y", "y", "model_generate", 0, 50);
        assertThat(CriticalPath.of(odd, List.of(odd))).containsExactly(entry("model_generate", 50L));
    }

    private Map<String, Long> path(SpanRow... spans) {
        return CriticalPath.of(root, List.of(spans));
    }

    private static SpanRow span(String id, @Nullable String parent, String name, long from, long to) {
        return new SpanRow("t", id, parent, name, from, to - from, null, null, "ok", "{}");
    }
}
