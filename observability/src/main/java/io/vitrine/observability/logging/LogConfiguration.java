package io.vitrine.observability.logging;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;

/**
 * What stands behind our own lines: a bounded queue, one background thread, and behind that the rolled file and the
 * console.
 *
 * <p>A queue in the configuration ({@link AsyncAppender}) rather than Log4j's asynchronous loggers: those are switched on
 * for a whole JVM by system properties read before the first logger, and their gain, a microsecond a line, is nothing at
 * one line a request. When the queue is full a line is lost and counted: to wait would stop an event loop, and every
 * stream on it, for as long as a disk hangs.
 */
final class LogConfiguration extends AbstractConfiguration {

    static final String FILE_NAME = "vitrine.json";

    private static final String FILE = "file";
    private static final String COUNTED_FILE = "counted-file";
    private static final String CONSOLE = "console";
    private static final String TEMPLATE = "classpath:io/vitrine/observability/logging/event-template.json";
    private static final String OLDER_FILES = "vitrine-*.json.gz";
    private static final String OLDER_FILE_PATTERN = "vitrine-%d{yyyy-MM-dd}{UTC}-%i.json.gz";

    /** Control characters but line feed and tab: an exception's message may hold bytes that came from outside. */
    private static final String HUMAN_PATTERN =
            "%d{HH:mm:ss.SSS} %-5level %msg%n%replace{%throwable}{[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]}{?}";

    /** Longer strings are cut: a stack trace without end is of no use to anyone. */
    private static final int MAX_STRING_LENGTH = 16_384;

    /** At the end, a disk that hangs may hold up the process no longer than this. */
    private static final long FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final AsyncAppender queue;
    private final QueueFullCounter queueFull;
    private final WriteFailureCounter writeFailures;

    LogConfiguration(LoggerContext context, LogSettings settings) {
        super(context, ConfigurationSource.NULL_SOURCE);
        RollingFileAppender file = file(settings);
        addAppender(file);
        writeFailures = new WriteFailureCounter(COUNTED_FILE, file);
        addAppender(writeFailures);
        console(settings.console().resolved()).forEach(this::addAppender);
        queue = queue(settings.queueLimit());
        queueFull = new QueueFullCounter(queue);
        queue.setHandler(queueFull);
        addAppender(queue);
        getRootLogger().addAppender(queue, null, null);
        getRootLogger().setLevel(Level.INFO);
    }

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

    private AsyncAppender queue(int limit) {
        AppenderRef[] sinks = Stream.of(COUNTED_FILE, CONSOLE)
                .filter(getAppenders()::containsKey)
                .map(name -> AppenderRef.createAppenderRef(name, null, null))
                .toArray(AppenderRef[]::new);
        return AsyncAppender.newBuilder()
                .setName("queue")
                .setConfiguration(this)
                .setAppenderRefs(sinks)
                .setBufferSize(limit)
                .setBlocking(false)
                .setShutdownTimeout(FLUSH_MILLIS)
                .build();
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
