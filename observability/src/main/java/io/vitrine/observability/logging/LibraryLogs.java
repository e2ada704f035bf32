package io.vitrine.observability.logging;

import io.vitrine.model.terminal.ShownText;
import io.vitrine.observability.catalogue.EventName;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.NullConfiguration;
import org.apache.logging.log4j.core.config.Property;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Brings what libraries log, at WARN and above, into our log as lines of the same shape. Vert.x, Netty and DJL log by SLF4J,
 * and OpenTelemetry by the JDK's own logger, which is led there: it ends in the JVM's one Log4j context; that context is set up here and put back at {@link #close}.
 *
 * <p>Our own lines have a context to themselves, so that two servers in one JVM keep two logs; of the libraries' lines, the
 * server that started last gets all.
 */
final class LibraryLogs implements AutoCloseable {

    /**
     * OpenTelemetry's exporters log each failure with its stack, and a collector that is down is reported once. Held here, since the
     * JDK forgets the level of a logger without a holder.
     */
    private static final java.util.logging.Logger EXPORTERS =
            java.util.logging.Logger.getLogger("io.opentelemetry.exporter");

    private final LoggerContext context;
    private final Forwarding configuration;

    private LibraryLogs(LoggerContext context, EventLog log) {
        this.context = context;
        configuration = new Forwarding(context, log);
    }

    /** Exporters log nothing from now on, wherever their lines would go. */
    static void quietExporters() {
        EXPORTERS.setLevel(java.util.logging.Level.OFF);
    }

    static LibraryLogs forwardTo(EventLog log) {
        quietExporters();
        LibraryLogs logs = new LibraryLogs((LoggerContext) LogManager.getContext(false), log);
        logs.context.reconfigure(logs.configuration);
        if (!SLF4JBridgeHandler.isInstalled()) {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        return logs;
    }

    /**
     * What libraries say goes nowhere from now on, unless another server has taken over: on standard output, as in Log4j's
     * default, it could hold up the end of the process.
     */
    @Override
    public void close() {
        if (context.getConfiguration() == configuration) {
            context.reconfigure(new NullConfiguration());
        }
    }

    private static final class Forwarding extends AbstractConfiguration {

        private static final String REGISTRY = "io.micrometer.core.instrument.MeterRegistry";

        Forwarding(LoggerContext context, EventLog log) {
            super(context, ConfigurationSource.NULL_SOURCE);
            Forwarder forwarder = new Forwarder(log);
            addAppender(forwarder);
            getRootLogger().addAppender(forwarder, null, null);
            getRootLogger().setLevel(Level.WARN);
            // Vert.x registers the gauges of all its servers under one name, each anew, and Micrometer warns of the
            // second.
            addLogger(REGISTRY, new LoggerConfig(REGISTRY, Level.ERROR, true));
        }

        @Override
        protected void doConfigure() {}
    }

    private static final class Forwarder extends AbstractAppender {

        private final EventLog log;

        Forwarder(EventLog log) {
            super("forwarder", null, null, true, Property.EMPTY_ARRAY);
            this.log = log;
        }

        @Override
        @SuppressWarnings("deprecation") // repeats have the same format; their text may differ in a number
        public void append(LogEvent event) {
            EventMessage line = new EventMessage(EventName.LIBRARY_MESSAGE)
                    .set(LogField.LOGGER, event.getLoggerName())
                    .set(
                            LogField.MESSAGE,
                            ShownText.withoutCredentials(event.getMessage().getFormattedMessage()));
            if (event.getThrown() != null) {
                line.setWithoutMessage(event.getThrown());
            }
            log.write(event.getLevel(), line, event.getMessage().getFormat());
        }
    }
}
