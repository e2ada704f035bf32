package io.vitrine.observability.logging;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.vitrine.observability.Archive;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.OtlpExporters;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.StringLayout;
import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.appender.RollingFileAppender;
import org.apache.logging.log4j.core.appender.rolling.CompositeTriggeringPolicy;
import org.apache.logging.log4j.core.appender.rolling.DefaultRolloverStrategy;
import org.apache.logging.log4j.core.appender.rolling.SizeBasedTriggeringPolicy;
import org.apache.logging.log4j.core.appender.rolling.TimeBasedTriggeringPolicy;
import org.apache.logging.log4j.core.appender.rolling.action.Action;
import org.apache.logging.log4j.core.appender.rolling.action.DeleteAction;
import org.apache.logging.log4j.core.appender.rolling.action.IfAccumulatedFileCount;
import org.apache.logging.log4j.core.appender.rolling.action.IfFileName;
import org.apache.logging.log4j.core.appender.rolling.action.PathCondition;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.AppenderRef;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind our own lines: for each destination a bounded queue with a background thread of its own, so that none
 * holds up another. A pipe that nobody reads costs lines on the console, and none in the file.
 *
 * <p>Queues in the configuration ({@link AsyncAppender}) rather than Log4j's asynchronous loggers: what a full ring does
 * with a line is set for a whole JVM by a system property, and their gain, a microsecond or two a line, is nothing at one line
 * a request ({@code LogBenchmark}). When the queue is full a line is lost and counted: to wait would stop an event loop, and
 * every stream on it, for as long as a disk hangs.
 */
final class LogConfiguration extends AbstractConfiguration {

    static final String FILE_NAME = "vitrine.json";

    private static final String FILE = "file";
    private static final String COUNTED_FILE = "counted-file";
    private static final String CONSOLE = "console";
    private static final String COUNTED_CONSOLE = "counted-console";
    private static final String EXPORT = "export";
    private static final String ARCHIVE = "archive";
    private static final String TEMPLATE = "classpath:io/vitrine/observability/logging/event-template.json";
    private static final String OLDER_FILES = "vitrine-*.json.gz";
    private static final String OLDER_FILE_PATTERN = "vitrine-%d{yyyy-MM-dd}{UTC}-%i.json.gz";

    private static final String HUMAN_PATTERN = "%d{HH:mm:ss.SSS} %-5level %msg%n";

    /** Longer strings are cut: a stack trace without end is of no use to anyone. */
    private static final int MAX_STRING_LENGTH = 16_384;

    /** At the end, a disk that hangs may hold up the process no longer than this. */
    private static final long FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(5);

    /** Standard output that nobody reads, no longer than this. */
    private static final long CONSOLE_FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(1);

    /** A collector that hangs, no longer than this. */
    private static final long EXPORT_FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private static final long REPEATS_SECONDS = 1;

    private final LoggerContext context;
    private final Map<LogDestination, Queue> queues = new EnumMap<>(LogDestination.class);
    private final WriteFailureCounter fileFailures;
    private final Optional<WriteFailureCounter> consoleFailures;
    private final Optional<CollectorLink> collector;

    /** The lines that wait for a destination. */
    private record Queue(AsyncAppender lines, QueueFullCounter full) {}

    LogConfiguration(LoggerContext context, LogSettings settings, Optional<Archive> archive, CollectorEvents events) {
        super(context, ConfigurationSource.NULL_SOURCE);
        this.context = context;
        RollingFileAppender file = file(settings);
        addAppender(file);
        fileFailures = new WriteFailureCounter(
                COUNTED_FILE, file, archive.map(ErasedLineFilter::new).orElse(null));
        addQueue(LogDestination.FILE, settings.queueLimit(), FLUSH_MILLIS, fileFailures, null);
        consoleFailures = consoleLayout(settings.console().resolved())
                .map(layout -> new WriteFailureCounter(COUNTED_CONSOLE, console(layout), null));
        consoleFailures.ifPresent(console ->
                addQueue(LogDestination.CONSOLE, settings.consoleQueueLimit(), CONSOLE_FLUSH_MILLIS, console, null));
        collector = settings.otlp().map(target -> new CollectorLink(Signal.LOGS, target.endpoint(), events));
        settings.otlp()
                .ifPresent(target -> addQueue(
                        LogDestination.COLLECTOR,
                        settings.queueLimit(),
                        EXPORT_FLUSH_MILLIS,
                        export(target, settings.resource()),
                        null));
        archive.ifPresent(target -> addQueue(
                LogDestination.STORE,
                settings.queueLimit(),
                FLUSH_MILLIS,
                new ArchiveAppender(ARCHIVE, target),
                new ArchiveOnFilter(target)));
        setLevels(settings.level());
        getScheduler().incrementScheduledItems();
    }

    private OtlpAppender export(OtlpSettings target, ResourceAttributes resource) {
        CollectorLink link = collector.orElseThrow();
        return new OtlpAppender(
                EXPORT,
                OtlpExporters.logs(target, link),
                link,
                resource.toResource(),
                target.timeout(),
                MAX_STRING_LENGTH);
    }

    /** Every category has a logger of its name, and the root's appenders. */
    private void setLevels(LogLevel level) {
        getRootLogger().setLevel(Level.INFO);
        for (LogCategory category : LogCategory.values()) {
            LogLevel allowed = LogLevels.allows(category, level) ? level : LogLevel.INFO;
            addLogger(category.label(), new LoggerConfig(category.label(), Level.valueOf(allowed.name()), true));
        }
    }

    LogLevel level(LogCategory category) {
        return LogLevel.valueOf(getLoggerConfig(category.label()).getLevel().name());
    }

    /** From the next line on. */
    void setLevel(LogCategory category, LogLevel level) {
        getLoggerConfig(category.label()).setLevel(Level.valueOf(level.name()));
        context.updateLoggers();
    }

    /** Runs {@code task} every second, on a thread of Log4j's, until the stop. */
    @SuppressWarnings("FutureReturnValueIgnored") // the task does not throw, and the stop ends it
    void everySecond(Runnable task) {
        getScheduler().scheduleWithFixedDelay(task, REPEATS_SECONDS, REPEATS_SECONDS, TimeUnit.SECONDS);
    }

    /** How sending lines to the collector went; nothing has happened if there is none. */
    ExportCounts exports() {
        return collector.map(CollectorLink::counts).orElseGet(ExportCounts::new);
    }

    /** Those that have a queue. */
    Set<LogDestination> destinations() {
        return Set.copyOf(queues.keySet());
    }

    /** Lines that wait now; 0 if nothing goes there. */
    int waitingLineCount(LogDestination destination) {
        return queue(destination).map(queue -> queue.lines.getQueueSize()).orElse(0);
    }

    /** Most lines that wait; 0 if nothing goes there. */
    int queueLimit(LogDestination destination) {
        return queue(destination).map(queue -> queue.lines.getQueueCapacity()).orElse(0);
    }

    long lostLineCount(LostLine reason) {
        return switch (reason) {
            case WRITE_FAILED -> fileFailures.count();
            case CONSOLE_WRITE_FAILED ->
                consoleFailures.map(WriteFailureCounter::count).orElse(0L);
            case EXPORT_FAILED -> exports().lostCount();
            case QUEUE_FULL, CONSOLE_QUEUE_FULL, EXPORT_QUEUE_FULL, ARCHIVE_QUEUE_FULL ->
                queue(reason.destination()).map(queue -> queue.full.count()).orElse(0L);
        };
    }

    private Optional<Queue> queue(LogDestination destination) {
        return Optional.ofNullable(queues.get(destination));
    }

    /** Everything is in place already: there is no file to read. */
    @Override
    protected void doConfigure() {}

    /** The server stops its parts in order; a hook of Log4j's own would end the log before the last lines. */
    @Override
    public boolean isShutdownHookEnabled() {
        return false;
    }

    /**
     * Every line goes there too, by a queue that loses and counts what it has no room for.
     *
     * @param filter which lines are queued; null for all
     */
    private void addQueue(
            LogDestination destination, int limit, long flushMillis, Appender appender, @Nullable Filter filter) {
        addAppender(appender);
        AsyncAppender lines = AsyncAppender.newBuilder()
                .setName(destination.label() + "-queue")
                .setConfiguration(this)
                .setAppenderRefs(new AppenderRef[] {AppenderRef.createAppenderRef(appender.getName(), null, null)})
                .setBufferSize(limit)
                .setBlocking(false)
                .setShutdownTimeout(flushMillis)
                .build();
        QueueFullCounter full = new QueueFullCounter();
        lines.setHandler(full);
        addAppender(lines);
        getRootLogger().addAppender(lines, null, filter);
        queues.put(destination, new Queue(lines, full));
    }

    private RollingFileAppender file(LogSettings settings) {
        Path directory = settings.directory();
        // Each line is written at once: what has failed to be written can then be counted.
        return RollingFileAppender.newBuilder()
                .setName(FILE)
                .setConfiguration(this)
                .setLayout(json())
                .setFileName(directory.resolve(FILE_NAME).toString())
                .setFilePattern(directory.resolve(OLDER_FILE_PATTERN).toString())
                .setPolicy(CompositeTriggeringPolicy.createPolicy(
                        SizeBasedTriggeringPolicy.createPolicy(settings.rollBytes() + " B"),
                        TimeBasedTriggeringPolicy.newBuilder().build()))
                .setStrategy(keeping(settings.keptFiles(), directory))
                .build();
    }

    private DefaultRolloverStrategy keeping(int keptFiles, Path directory) {
        PathCondition surplus = IfFileName.createNameCondition(
                OLDER_FILES, null, IfAccumulatedFileCount.createFileCountCondition(keptFiles));
        Action delete = DeleteAction.createDeleteAction(
                directory.toString(), false, 1, false, null, new PathCondition[] {surplus}, null, this);
        return DefaultRolloverStrategy.newBuilder()
                .setConfig(this)
                .setFileIndex("nomax")
                .setCustomActions(new Action[] {delete})
                .build();
    }

    private Optional<StringLayout> consoleLayout(ConsoleFormat format) {
        return switch (format) {
            case HUMAN ->
                Optional.of(PatternLayout.newBuilder()
                        .setConfiguration(this)
                        .setPattern(HUMAN_PATTERN)
                        .setCharset(StandardCharsets.UTF_8)
                        .setAlwaysWriteExceptions(false)
                        .build());
            case JSON -> Optional.of(json());
            case OFF, AUTO -> Optional.empty();
        };
    }

    private Appender console(StringLayout layout) {
        Appender console = new ConsoleAppender(CONSOLE, System.out, layout);
        addAppender(console);
        return console;
    }

    private JsonTemplateLayout json() {
        return JsonTemplateLayout.newBuilder()
                .setConfiguration(this)
                .setEventTemplateUri(TEMPLATE)
                .setCharset(StandardCharsets.UTF_8)
                .setEventDelimiter("\n")
                .setMaxStringLength(MAX_STRING_LENGTH)
                .setStackTraceEnabled(true)
                .setLocationInfoEnabled(false)
                .build();
    }
}
