package io.vitrine.observability.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.Summaries;
import io.vitrine.observability.otlp.CollectorEvents;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;

/**
 * What one terminal line costs the thread that logs it, with the line written at once, through our queue, and through
 * Log4j's asynchronous loggers (an LMAX ring of 4096 that waits when it is full); and how many lines were lost. Arguments:
 * lines a second (0: as fast as may be), lines of a round, rounds. The arms take turns; each has warmed up before.
 */
final class LogBenchmark {

    private enum Arm {
        SYNCHRONOUS,
        QUEUE,
        ASYNC_LOGGER
    }

    private LogBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        long perSecond = Long.parseLong(arguments[0]);
        int lines = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        System.out.printf("%-14s %9s %9s %9s %9s %9s%n", "ns a line", "mean", "p50", "p99", "max", "lost");
        for (int round = -1; round < rounds; round++) {
            for (Arm arm : Arm.values()) {
                String result = measure(arm, round < 0 ? 0 : perSecond, lines);
                if (round >= 0) {
                    System.out.println(result);
                }
            }
        }
    }

    private static String measure(Arm arm, long perSecond, int lines) throws IOException {
        Path directory = Files.createTempDirectory("vitrine-log-benchmark");
        LoggerContext context = arm == Arm.ASYNC_LOGGER ? new AsyncLoggerContext("bench") : new LoggerContext("bench");
        LogSettings settings = LogSettings.in(directory).withConsole(ConsoleFormat.OFF);
        LogConfiguration configuration =
                new LogConfiguration(context, settings, Optional.empty(), new CollectorEvents());
        if (arm != Arm.QUEUE) {
            configuration.getRootLogger().removeAppender("queue");
            configuration.getRootLogger().addAppender(configuration.getAppender("counted-file"), null, null);
        }
        context.start(configuration);
        RepeatSampler sampler = new RepeatSampler(
                settings.repeatLimit(), settings.repeatInterval().toNanos(), (NanoClock) System::nanoTime);
        EventLog log = new EventLog(category -> context.getLogger(category.label()), "bench", sampler);
        long[] nanos = run(new RequestLog(log), perSecond, lines);
        context.stop(30, TimeUnit.SECONDS);
        long written;
        try (var all = Files.lines(directory.resolve("vitrine.json"))) {
            written = all.count();
        }
        for (Path older : LogFiles.olderFiles(directory)) {
            written += LogFiles.read(older).size();
        }
        return report(arm, nanos, lines - written);
    }

    private static long[] run(RequestLog log, long perSecond, int lines) {
        long[] nanos = new long[lines];
        long start = System.nanoTime();
        for (int i = 0; i < lines; i++) {
            if (perSecond > 0) {
                LockSupport.parkNanos(start + i * TimeUnit.SECONDS.toNanos(1) / perSecond - System.nanoTime());
            }
            long before = System.nanoTime();
            log.ended(Summaries.completed());
            nanos[i] = System.nanoTime() - before;
        }
        return nanos;
    }

    private static String report(Arm arm, long[] nanos, long lost) {
        double mean = Arrays.stream(nanos).average().orElseThrow();
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "%-14s %9.0f %9d %9d %9d %9d",
                arm.name().toLowerCase(Locale.ROOT),
                mean,
                nanos[nanos.length / 2],
                nanos[(int) (nanos.length * 0.99)],
                nanos[nanos.length - 1],
                lost);
    }
}
