package io.vitrine.observability.logging;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.vitrine.gpu.GpuListener;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.Archive;
import io.vitrine.observability.ExportCounts;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.catalogue.LogDestination;
import io.vitrine.observability.catalogue.LostLine;
import io.vitrine.observability.otlp.CollectorEvents;
import org.apache.logging.log4j.core.LoggerContext;

/**
 * The log of one server: makes the listeners that write its lines. Lines are written by a thread of Log4j's; {@link #close}
 * writes those that wait. Any thread.
 */
public final class Logging implements AutoCloseable {

    private final LoggerContext context = new LoggerContext("vitrine");
    private final LogConfiguration configuration;
    private final EventLog log;
    private final LogLevels levels;
    private final LibraryLogs libraries;
    private final RequestListener requestListener;
    private final LifecycleListener lifecycleListener;
    private final RequestsOnGpu requestsOnGpu = new RequestsOnGpu();
    private final GpuListener gpuListener;

    private Logging(
            LogSettings settings,
            String serviceName,
            NanoClock clock,
            Optional<Archive> archive,
            CollectorEvents events) {
        configuration = new LogConfiguration(context, settings, archive, events);
        context.start(configuration);
        RepeatSampler sampler = new RepeatSampler(
                settings.repeatLimit(), settings.repeatInterval().toNanos(), clock);
        log = new EventLog(category -> context.getLogger(category.label()), serviceName, sampler);
        configuration.everySecond(log::tellRepeats);
        levels = new LogLevels(configuration, log);
        libraries = LibraryLogs.forwardTo(log);
        requestListener = new RequestLog(log);
        lifecycleListener = new LifecycleLog(log);
        gpuListener = new GpuLog(log, requestsOnGpu);
    }

    /** Opens the log, and no archive has its lines. */
    static Logging start(LogSettings settings, String serviceName, NanoClock clock) {
        CollectorEvents events = new CollectorEvents();
        Logging logging = start(settings, serviceName, clock, Optional.empty(), events);
        events.attach(logging.lifecycleListener);
        return logging;
    }

    /**
     * Opens the log, and takes in what libraries log from now on.
     *
     * @param serviceName stands in every line
     * @param clock measures the intervals in which repeats are sampled
     * @param archive is given every line beside the file
     * @param events where it is reported how exports go
     * @throws UncheckedIOException if nothing can be written into the directory; nothing is changed
     */
    public static Logging start(
            LogSettings settings,
            String serviceName,
            NanoClock clock,
            Optional<Archive> archive,
            CollectorEvents events) {
        requireWritable(settings.directory());
        return new Logging(settings, serviceName, clock, archive, events);
    }

    /** How exports go is reported in another way, whether there is a log or not. */
    public static void quietExporters() {
        LibraryLogs.quietExporters();
    }

    public RequestListener requestListener() {
        return requestListener;
    }

    public LifecycleListener lifecycleListener() {
        return lifecycleListener;
    }

    /** Beside {@link #requestListener}: learns who is on a GPU. */
    public RequestListener requestsOnGpu() {
        return requestsOnGpu;
    }

    /** Ids of the requests that a GPU is working for, at most 100. */
    public List<String> requestIdsOnGpu() {
        return requestsOnGpu.idList();
    }

    /** For the probe of GPUs. */
    public GpuListener gpuListener() {
        return gpuListener;
    }

    /** Lines lost since the start. */
    public long lostLineCount(LostLine reason) {
        return configuration.lostLineCount(reason);
    }

    /** How sending lines to a collector went. */
    public ExportCounts exports() {
        return configuration.exports();
    }

    /** Where lines go, by the settings. */
    public Set<LogDestination> destinations() {
        return configuration.destinations();
    }

    /** Lines that wait for a destination now. */
    public int waitingLineCount(LogDestination destination) {
        return configuration.waitingLineCount(destination);
    }

    /** Most lines that wait for a destination. */
    public int queueLimit(LogDestination destination) {
        return configuration.queueLimit(destination);
    }

    /** What is written, and the way to change it. */
    public LogLevels levels() {
        return levels;
    }

    /**
     * Writes the lines that wait, for at most 5 seconds into the file, 1 to the console and 2 to a collector; what is logged
     * afterwards is not written.
     */
    @Override
    public void close() {
        libraries.close();
        log.close();
        context.stop(0, TimeUnit.SECONDS);
    }

    private static void requireWritable(Path directory) {
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve(LogConfiguration.FILE_NAME);
            Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write logs into " + directory, e);
        }
    }
}
