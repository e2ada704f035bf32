package io.vitrine.observability.catalogue;

import java.util.List;

import static io.vitrine.observability.catalogue.MeterDefinition.SECONDS;
import static io.vitrine.observability.catalogue.MeterDefinition.counter;
import static io.vitrine.observability.catalogue.MeterDefinition.gauge;
import static io.vitrine.observability.catalogue.MeterDefinition.timer;

/** What telemetry tells of itself: what it costs, how far behind it is and what it has lost. */
public final class TelemetryMeters {

    private static final Label LISTENER =
            Label.of("listener", "which kind of listener", ListenerKind.class, ListenerKind::label);
    private static final Label DESTINATION =
            Label.of("destination", "where the lines go", LogDestination.class, LogDestination::label);
    private static final Label LOST_LINE = Label.of("reason", "why it was lost", LostLine.class, LostLine::label);
    private static final Label SPAN_LOSS = Label.of("reason", "why it was lost", SpanLoss.class, SpanLoss::label);
    private static final Label KEEP_REASON = Label.of("reason", "why it was kept", KeepReason.class, KeepReason::label);
    private static final Label DROP_REASON =
            Label.of("reason", "why it was not kept", DropReason.class, DropReason::label);
    private static final Label SIGNAL = Label.of("signal", "what is exported", Signal.class, Signal::label);
    private static final Label RESULT = Label.of("result", "how it ended", ExportResult.class, ExportResult::label);
    private static final Label WORK =
            Label.of("work", "what the time went to", TelemetryWork.class, TelemetryWork::label);

    public static final MeterDefinition SERIES =
            gauge("vitrine.telemetry.series", "{series}", "Lines of numbers that the last scrape had.");
    public static final MeterDefinition SCRAPE_TIME =
            timer("vitrine.telemetry.scrape.time", Buckets.DECADES, "Writing the meters down for one scrape.");
    public static final MeterDefinition CPU_TIME = counter(
            "vitrine.telemetry.cpu.time",
            SECONDS,
            "Processor time of telemetry's own threads and scrapes; over the process's it is their share. What "
                    + "listeners take on the threads that they watch is not in it: a benchmark tells that.",
            WORK);
    public static final MeterDefinition LISTENER_FAILURES = counter(
            "vitrine.listener.failures", "{call}", "Calls of listeners that threw; always a fault of ours.", LISTENER);
    public static final MeterDefinition LOG_LINES_LOST =
            counter("vitrine.log.lost", "lines", "Log lines that did not reach a destination.", DESTINATION, LOST_LINE);
    public static final MeterDefinition LOG_LINES_WAITING =
            gauge("vitrine.log.waiting", "lines", "Log lines that wait for a destination.", DESTINATION);
    public static final MeterDefinition LOG_QUEUE_LIMIT =
            gauge("vitrine.log.queue.limit", "{line}", "Most log lines that wait; one more is lost.", DESTINATION);
    public static final MeterDefinition TRACES_KEPT = counter(
            "vitrine.traces.kept",
            "{trace}",
            "Requests whose trace was kept; only while there is a back-end.",
            KEEP_REASON);
    public static final MeterDefinition TRACES_DROPPED = counter(
            "vitrine.traces.dropped",
            "{trace}",
            "Requests whose trace was not kept; only while there is a back-end.",
            DROP_REASON);
    public static final MeterDefinition SPANS_EXPORTED =
            counter("vitrine.spans.exported", "{span}", "Spans that a back-end has taken, once for each back-end.");
    public static final MeterDefinition SPANS_LOST = counter(
            "vitrine.spans.lost",
            "{span}",
            "Spans of kept traces that did not reach a back-end, once for each that missed them.",
            SPAN_LOSS);
    public static final MeterDefinition SPANS_WAITING =
            gauge("vitrine.spans.waiting", "{span}", "Kept spans that wait to be exported.");
    public static final MeterDefinition SPAN_EXPORT_LAG = gauge(
            "vitrine.spans.export.lag", SECONDS, "How long the oldest span that waits has waited; 0 if none does.");
    public static final MeterDefinition EXPORTS =
            counter("vitrine.telemetry.exports", "{batch}", "Batches sent to a collector by OTLP.", SIGNAL, RESULT);
    public static final MeterDefinition EXPORT_LOST = counter(
            "vitrine.telemetry.export.lost",
            "{item}",
            "Points, lines or spans in batches that no collector took. Lost points are told again, in sum, by the next.",
            SIGNAL);

    static final List<MeterDefinition> ALL = List.of(
            SERIES,
            SCRAPE_TIME,
            CPU_TIME,
            LISTENER_FAILURES,
            LOG_LINES_LOST,
            LOG_LINES_WAITING,
            LOG_QUEUE_LIMIT,
            TRACES_KEPT,
            TRACES_DROPPED,
            SPANS_EXPORTED,
            SPANS_LOST,
            SPANS_WAITING,
            SPAN_EXPORT_LAG,
            EXPORTS,
            EXPORT_LOST);

    private TelemetryMeters() {}
}
