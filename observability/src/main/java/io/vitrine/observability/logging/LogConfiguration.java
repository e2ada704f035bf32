package io.vitrine.observability.logging;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.vitrine.observability.Archive;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.OtlpSettings;
import io.vitrine.observability.ResourceAttributes;
import io.vitrine.observability.catalogue.LogCategory;
import io.vitrine.observability.catalogue.LogLevel;
import io.vitrine.observability.catalogue.Signal;
import io.vitrine.observability.otlp.CollectorEvents;
import io.vitrine.observability.otlp.CollectorLink;
import io.vitrine.observability.otlp.OtlpExporters;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.StringLayout;
import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
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

/**
 * What stands behind our own lines: a bounded queue, one background thread, and behind that the rolled file and the
 * console.
 *
 * <p>A queue in the configuration ({@link AsyncAppender}) rather than Log4j's asynchronous loggers: what a full ring does
 * with a line is set for a whole JVM by a system property, and their gain, a microsecond or two a line, is nothing at one line
 * a request ({@code LogBenchmark}). When the queue is full a line is lost and counted: to wait would stop an event loop, and
 * every stream on it, for as long as a disk hangs. The collector, if there is one, has a queue and a thread of its own.
 */
final class LogConfiguration extends AbstractConfiguration {

    static final String FILE_NAME = "vitrine.json";

    private static final String FILE = "file";
    private static final String COUNTED_FILE = "counted-file";
    private static final String CONSOLE = "console";
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

    /** A collector that hangs, no longer than this. */
    private static final long EXPORT_FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(1);

    private static final long REPEATS_SECONDS = 1;

    private final LoggerContext context;
    private final AsyncAppender queue;
    private final QueueFullCounter queueFull;
    private final WriteFailureCounter writeFailures;
    private final Optional<CollectorLink> collector;
    private final Optional<QueueFullCounter> exportQueueFull;
    private final Optional<QueueFullCounter> archiveQueueFull;

    LogConfiguration(LoggerContext context, LogSettings settings, Optional<Archive> archive, CollectorEvents events) {
        super(context, ConfigurationSource.NULL_SOURCE);
        this.context = context;
        RollingFileAppender file = file(settings);
        addAppender(file);
        writeFailures = new WriteFailureCounter(COUNTED_FILE, file);
        addAppender(writeFailures);
        console(settings.console().resolved()).forEach(this::addAppender);
        queue = queue("queue", settings.queueLimit(), FLUSH_MILLIS, COUNTED_FILE, CONSOLE);
        queueFull = counting(queue);
        getRootLogger().addAppender(queue, null, null);
        collector = settings.otlp().map(target -> new CollectorLink(Signal.LOGS, target.endpoint(), events));
        exportQueueFull = settings.otlp().map(target -> export(target, settings.resource(), settings.queueLimit()));
        archiveQueueFull = archive.map(target -> keep(target, settings.queueLimit()));
        setLevels(settings.level());
        getScheduler().incrementScheduledItems();
    }

    private QueueFullCounter export(OtlpSettings target, ResourceAttributes resource, int queueLimit) {
        CollectorLink link = collector.orElseThrow();
        OtlpAppender appender = new OtlpAppender(
                EXPORT,
                OtlpExporters.logs(target, link),
                link,
                resource.toResource(),
                target.timeout(),
                MAX_STRING_LENGTH);
        addAppender(appender);
        AsyncAppender exportQueue = queue("export-queue", queueLimit, EXPORT_FLUSH_MILLIS, EXPORT);
        getRootLogger().addAppender(exportQueue, null, null);
        return counting(exportQueue);
    }

    private QueueFullCounter keep(Archive archive, int queueLimit) {
        addAppender(new ArchiveAppender(ARCHIVE, archive));
        AsyncAppender archiveQueue = queue("archive-queue", queueLimit, FLUSH_MILLIS, ARCHIVE);
        getRootLogger().addAppender(archiveQueue, null, null);
        return counting(archiveQueue);
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

    long exportQueueFullCount() {
        return exportQueueFull.map(QueueFullCounter::count).orElse(0L);
    }

    long archiveQueueFullCount() {
        return archiveQueueFull.map(QueueFullCounter::count).orElse(0L);
    }

    /** How sending lines to the collector went; nothing has happened if there is none. */
    ExportCounts exports() {
        return collector.map(CollectorLink::counts).orElseGet(ExportCounts::new);
    }

    /** Lines that wait for the disk now. */
    int waitingLineCount() {
        return queue.getQueueSize();
    }

    int queueLimit() {
        return queue.getQueueCapacity();
    }

    long queueFullCount() {
        return queueFull.count();
    }

    long writeFailureCount() {
        return writeFailures.count();
    }

    /** Everything is in place already: there is no file to read. */
    @Override
    protected void doConfigure() {}

    /** The server stops its parts in order; a hook of Log4j's own would end the log before the last lines. */
    @Override
    public boolean isShutdownHookEnabled() {
        return false;
    }

    private AsyncAppender queue(String name, int limit, long flushMillis, String... appenders) {
        AppenderRef[] sinks = Stream.of(appenders)
                .filter(getAppenders()::containsKey)
                .map(appender -> AppenderRef.createAppenderRef(appender, null, null))
                .toArray(AppenderRef[]::new);
        return AsyncAppender.newBuilder()
                .setName(name)
                .setConfiguration(this)
                .setAppenderRefs(sinks)
                .setBufferSize(limit)
                .setBlocking(false)
                .setShutdownTimeout(flushMillis)
                .build();
    }

    /** Adds a queue, and counts what it has no room for. */
    private QueueFullCounter counting(AsyncAppender added) {
        QueueFullCounter counter = new QueueFullCounter(added);
        added.setHandler(counter);
        addAppender(added);
        return counter;
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

    private Stream<Appender> console(ConsoleFormat format) {
        return switch (format) {
            case HUMAN ->
                Stream.of(console(PatternLayout.newBuilder()
                        .setConfiguration(this)
                        .setPattern(HUMAN_PATTERN)
                        .setCharset(StandardCharsets.UTF_8)
                        .setAlwaysWriteExceptions(false)
                        .build()));
            case JSON -> Stream.of(console(json()));
            case OFF, AUTO -> Stream.empty();
        };
    }

    private Appender console(StringLayout layout) {
        return ConsoleAppender.newBuilder()
                .setName(CONSOLE)
                .setConfiguration(this)
                .setLayout(layout)
                .setTarget(ConsoleAppender.Target.SYSTEM_OUT)
                .build();
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
