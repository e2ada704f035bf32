package io.vitrine.observability.tracing;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.catalogue.SpanLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class SpanQueueTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final TracingCounts stats = new TracingCounts(new ExportCounts());

    @Test
    void bringsEverythingAwayInOrderBeforeItIsClosed() {
        BackEnd backEnd = new BackEnd();
        SpanQueue queue = new SpanQueue(SpanTarget.inProcess(backEnd), 10_000, stats, Clock.systemUTC());
        backEnd.open();
        for (int i = 0; i < 100; i++) {
            queue.offer(spans(i, 3));
        }
        queue.close(LIMIT);

        assertThat(backEnd.names)
                .isEqualTo(IntStream.range(0, 100)
                        .boxed()
                        .flatMap(i -> spans(i, 3).stream())
                        .map(SpanData::getName)
                        .toList());
        assertThat(stats.exportedSpans()).isEqualTo(300);
        assertThat(queue.size()).isZero();
    }

    @Test
    void aBackEndThatTakesNothingHoldsUpNobodyAndWhatIsLostIsCounted() {
        BackEnd backEnd = new BackEnd();
        SpanQueue queue = new SpanQueue(SpanTarget.inProcess(backEnd), 100, stats, Clock.systemUTC());
        for (int i = 0; i < 1_000; i++) {
            queue.offer(spans(i, 10));
        }

        assertThat(queue.size()).isEqualTo(100);
        assertThat(stats.lostSpans(SpanLoss.QUEUE_FULL)).isEqualTo(9_900);
        backEnd.open();
        queue.close(LIMIT);
        assertThat(stats.exportedSpans()).isEqualTo(100);
        assertThat(queue.size()).isZero();
    }

    @Test
    void whatTheBackEndRefusesIsCounted() {
        BackEnd backEnd = new BackEnd();
        backEnd.answer = CompletableResultCode.ofFailure();
        backEnd.open();
        SpanQueue queue = new SpanQueue(SpanTarget.inProcess(backEnd), 100, stats, Clock.systemUTC());
        queue.offer(spans(0, 7));
        queue.close(LIMIT);

        assertThat(stats.lostSpans(SpanLoss.EXPORT_FAILED)).isEqualTo(7);
        assertThat(stats.exportedSpans()).isZero();
    }

    @Test
    void anExporterThatThrowsIsAskedAgain() {
        BackEnd backEnd = new BackEnd();
        backEnd.throwing = true;
        backEnd.open();
        SpanQueue queue = new SpanQueue(SpanTarget.inProcess(backEnd), 1_000, stats, Clock.systemUTC());
        for (int i = 0; i < 20; i++) {
            queue.offer(spans(i, 30));
        }
        queue.close(LIMIT);

        assertThat(stats.lostSpans(SpanLoss.EXPORT_FAILED)).isEqualTo(600);
    }

    @Test
    void whatComesAfterTheEndIsCounted() {
        BackEnd backEnd = new BackEnd();
        backEnd.open();
        SpanQueue queue = new SpanQueue(SpanTarget.inProcess(backEnd), 100, stats, Clock.systemUTC());
        queue.close(LIMIT);
        queue.offer(spans(0, 2));

        assertThat(stats.lostSpans(SpanLoss.SHUTDOWN)).isEqualTo(2);
    }

    static List<SpanData> spans(int trace, int count) {
        List<SpanData> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SpanContext context = SpanIds.newTrace();
            spans.add(new FinishedSpan(
                    Resource.empty(),
                    Scopes.GATEWAY,
                    trace + "." + i,
                    SpanKind.INTERNAL,
                    context,
                    SpanContext.getInvalid(),
                    1,
                    2,
                    StatusData.unset(),
                    Attributes.empty(),
                    List.of(),
                    List.of()));
        }
        return spans;
    }

    /** Takes nothing until it is opened. */
    private static final class BackEnd implements SpanExporter {

        private final List<String> names = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch opened = new CountDownLatch(1);
        private CompletableResultCode answer = CompletableResultCode.ofSuccess();
        private boolean throwing;

        void open() {
            opened.countDown();
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            try {
                if (!opened.await(30, TimeUnit.SECONDS)) {
                    return CompletableResultCode.ofFailure();
                }
            } catch (InterruptedException e) {
                return CompletableResultCode.ofFailure();
            }
            if (throwing) {
                throw new IllegalStateException("broken by the test");
            }
            spans.forEach(span -> names.add(span.getName()));
            return answer;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
