package io.vitrine.server.http;

import java.util.concurrent.atomic.AtomicInteger;

import io.vitrine.model.engine.NanoClock;
import io.vitrine.observability.ConnectionCounts;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.LoopWatch;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestTracing;
import io.vitrine.server.api.RequestParser;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.health.Health;
import io.vitrine.server.inference.GenerationPlanner;
import io.vitrine.server.inference.ServingState;
import io.vitrine.server.tenancy.Tenancy;

/**
 * What the instances of the gateway share.
 *
 * @param costHeader whether answers say what they are charged
 * @param tracing follows requests from their heads on
 * @param loops hears the pulse of the instances' event loops
 * @param planning where requests are planned, and other blocking work of theirs is done
 * @param connections of all instances together
 * @param bodyMemory of all servers together
 * @param answerMemory of all instances together
 * @param tickets of chats that the console forwards
 * @param boundPort set once they listen: the port they share
 */
public record GatewayParts(
        HttpConfig http,
        ServingState state,
        Health health,
        RequestParser parser,
        GenerationPlanner planner,
        Tenancy tenancy,
        boolean costHeader,
        RequestTracing tracing,
        LoopWatch loops,
        RequestListener requests,
        LifecycleListener events,
        NanoClock clock,
        FairPool planning,
        ConnectionCounts connections,
        BodyMemory bodyMemory,
        AnswerMemory answerMemory,
        ConsoleTickets tickets,
        AtomicInteger boundPort) {}
