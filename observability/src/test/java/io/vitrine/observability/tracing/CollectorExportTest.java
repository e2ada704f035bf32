package io.vitrine.observability.tracing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.OtlpSettings.Protocol;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.catalogue.SpanLoss;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.OtlpExporters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Against a collector that reads and answers by the protocol's own definitions. */
@Timeout(120)
class CollectorExportTest {

    private static final int MOST_BYTES = 4 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<Integer> sizes = new CopyOnWriteArrayList<>();
    private final List<Span> received = new CopyOnWriteArrayList<>();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final TracingCounts counts;
    private final CollectorLink link;
    private final HttpServer collector;
    private volatile int status = 200;
    private volatile ExportTraceServiceResponse answer = ExportTraceServiceResponse.getDefaultInstance();
    private SpanQueue queue;

    CollectorExportTest() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        CollectorEvents events = new CollectorEvents();
        events.attach(new News());
        link = new CollectorLink(Signal.TRACES, endpoint(), events);
        counts = new TracingCounts(link.counts());
    }

    private URI endpoint() {
        return URI.create(
                "http://user:secret@127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces");
    }

    @BeforeEach
    void start() {
        collector.createContext("/v1/traces", this::take);
        collector.start();
        OtlpSettings settings = new OtlpSettings(
                endpoint(), Protocol.HTTP_PROTOBUF, false, Map.of(), Duration.ofSeconds(20), Duration.ofHours(1));
        SpanTarget target = SpanTarget.collector(OtlpExporters.spans(settings, link), link);
        queue = new SpanQueue(target, 50_000, counts, Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        queue.close(LIMIT);
        collector.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        sizes.add(body.length);
        ExportTraceServiceRequest.parseFrom(body).getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .forEach(scope -> received.addAll(scope.getSpansList()));
        byte[] response = answer.toByteArray();
        exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(status, response.length == 0 ? -1 : response.length);
        exchange.getResponseBody().write(response);
        exchange.close();
    }

    @Test
    void aLargeTraceArrivesInMessagesThatACollectorTakes() {
        queue.offer(spans(20_000, 20, 60));
        queue.close(LIMIT);

        assertThat(received).hasSize(20_000);
        assertThat(counts.exportedSpans()).isEqualTo(20_000);
        assertThat(sizes).hasSizeGreaterThan(3).allMatch(size -> size <= MOST_BYTES);
        assertThat(Arrays.stream(SpanLoss.values()).mapToLong(counts::lostSpans).sum())
                .isZero();
    }

    @Test
    void aSpanThatIsTooLargeAloneIsLostForThatReason() {
        List<SpanData> spans = new ArrayList<>(spans(1, 1, MOST_BYTES));
        spans.addAll(spans(2, 1, 10));
        queue.offer(spans);
        queue.close(LIMIT);

        assertThat(received).hasSize(2);
        assertThat(counts.lostSpans(SpanLoss.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void aTraceOfMoreSpansThanMayWaitIsLostForThatReason() {
        queue.offer(spans(50_001, 0, 0));

        assertThat(counts.lostSpans(SpanLoss.TOO_LARGE)).isEqualTo(50_001);
        assertThat(counts.lostSpans(SpanLoss.QUEUE_FULL)).isZero();
    }

    @Test
    void theSizeIsNeverUnderestimated() {
        List<SpanData> spans = spans(100, 30, 50);
        queue.offer(spans);
        queue.close(LIMIT);

        assertThat(spans.stream().mapToLong(SpanSize::of).sum()).isBetween((long) sizes.get(0), 2L * sizes.get(0));
    }

    @Test
    void whatACollectorRejectsIsLostAndReportedOnce() {
        answer = ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                        .setRejectedSpans(3)
                        .setErrorMessage("too old"))
                .build();
        queue.offer(spans(10, 1, 1));
        await().atMost(LIMIT).until(() -> counts.exportedSpans() == 7);
        queue.offer(spans(10, 1, 1));
        await().atMost(LIMIT).until(() -> counts.exportedSpans() == 14);

        assertThat(counts.lostSpans(SpanLoss.REJECTED)).isEqualTo(6);
        assertThat(link.counts().partialCount()).isEqualTo(2);
        assertThat(link.counts().lostCount()).isEqualTo(6);
        assertThat(news).containsExactly("rejected 3: too old");
    }

    @Test
    void aCollectorIsReportedWhenItIsLostAndWhenItIsBack() {
        status = 400;
        for (int i = 1; i <= 3; i++) {
            int lost = 5 * i;
            queue.offer(spans(5, 1, 1));
            await().atMost(LIMIT).until(() -> counts.lostSpans(SpanLoss.EXPORT_FAILED) == lost);
        }
        status = 200;
        queue.offer(spans(5, 1, 1));
        await().atMost(LIMIT).until(() -> counts.exportedSpans() == 5);

        assertThat(news).hasSize(2);
        assertThat(news.get(0))
                .startsWith("failed http://127.0.0.1:")
                .contains("HTTP 400")
                .doesNotContain("secret");
        assertThat(news.get(1)).isEqualTo("recovered 15");
        assertThat(link.counts().failedCount()).isEqualTo(3);
        assertThat(link.counts().okCount()).isEqualTo(1);
    }

    @Test
    void spansOfAMomentShareABatch() {
        for (int i = 0; i < 20; i++) {
            queue.offer(spans(2, 1, 1));
        }
        queue.close(LIMIT);

        assertThat(received).hasSize(40);
        assertThat(sizes).hasSizeLessThan(20);
    }

    private final class News implements LifecycleListener {

        @Override
        public void collectorFailed(Signal signal, String address, String reason) {
            news.add("failed " + address + " " + reason);
        }

        @Override
        public void collectorRecovered(Signal signal, String address, Duration after, long lostCount) {
            news.add("recovered " + lostCount);
        }

        @Override
        public void collectorRejected(Signal signal, String address, long rejectedCount, String reason) {
            news.add("rejected " + rejectedCount + ": " + reason);
        }
    }

    private static List<SpanData> spans(int count, int attributeCount, int length) {
        AttributesBuilder attributes = Attributes.builder();
        for (int i = 0; i < attributeCount; i++) {
            attributes.put("attribute." + i, "\u00e9".repeat(length / 2));
        }
        Attributes same = attributes.build();
        List<SpanData> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SpanContext context = SpanIds.newTrace();
            spans.add(new FinishedSpan(
                    Resource.empty(),
                    Scopes.GATEWAY,
                    "s" + i,
                    SpanKind.INTERNAL,
                    context,
                    SpanContext.getInvalid(),
                    1_796_063_127_240_491_929L,
                    1_796_063_127_240_491_930L,
                    StatusData.unset(),
                    same,
                    List.of(),
                    List.of()));
        }
        return spans;
    }
}
