package io.vitrine.server.http;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.server.config.ServerConfig.ConsoleConfig;
import io.vitrine.server.live.LiveServer;
import io.vitrine.server.profile.Profiler;

/**
 * What the console has beside the rest of the management port.
 *
 * @param version of this server
 * @param model that is served, once it is
 * @param apiPort once it is listened on
 * @param tickets shared with the gateway
 * @param live what happens now
 * @param profiler closed at the stop
 * @param catalogue of telemetry, as JSON
 * @param storage what is stored of telemetry, and for how long
 * @param runbookUrl folder of the runbooks, also on this machine
 */
public record ConsoleParts(
        ConsoleConfig config,
        String version,
        Supplier<Optional<String>> model,
        IntSupplier apiPort,
        ConsoleTickets tickets,
        LiveServer live,
        Profiler profiler,
        Supplier<String> catalogue,
        Callable<Object> storage,
        String runbookUrl,
        NanoClock clock) {}
