package io.vitrine.server.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import io.vitrine.server.inference.GenerationPlan;
import io.vitrine.server.tenancy.Caller;
import io.vitrine.server.tenancy.Credentials;
import io.vitrine.server.tenancy.Demand;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.cost.Usage;

/** Authenticates requests, and admits those whose tenant has room for them. On their event loops; from memory. */
final class RequestGate {

    private static final String CALLER = Caller.class.getName();
    private static final String API_KEY = "x-api-key";

    private final Tenancy tenancy;
    private final ConsoleTickets tickets;
    private final NanoClock clock;

    RequestGate(Tenancy tenancy, ConsoleTickets tickets, NanoClock clock) {
        this.tenancy = tenancy;
        this.tickets = tickets;
        this.clock = clock;
    }

    static Credentials credentials(HttpServerRequest request) {
        return Credentials.of(
                request.headers().getAll(HttpHeaders.AUTHORIZATION),
                request.headers().getAll(API_KEY));
    }

    /** Who asked, after {@link #authenticate}. */
    static Tenant tenant(RoutingContext context) {
        Caller caller = context.get(CALLER);
        return caller.tenant();
    }

    /**
     * Finds out who asks, once.
     *
     * @throws ApiException if nobody who may
     */
    void authenticate(RoutingContext context) {
        if (context.get(CALLER) != null) {
            return;
        }
        RequestLife life = RequestLife.of(context);
        try {
            Caller caller = caller(context.request());
            context.put(CALLER, caller);
            life.authenticated(caller);
        } catch (ApiException refusal) {
            life.authenticationFailed();
            throw refusal;
        }
    }

    private Caller caller(HttpServerRequest request) {
        String ticket = request.getHeader(ConsoleTickets.HEADER);
        if (ticket == null) {
            return tenancy.authenticate(credentials(request));
        }
        return tickets.use(ticket)
                .orElseThrow(() -> new ApiException(ErrorReason.INVALID_API_KEY, "the console's ticket is not valid"));
    }

    /** Says with the answer, whatever it will be, what the tenant has left. */
    void tellRates(Tenant tenant, HttpServerResponse response) {
        tenancy.rateState(tenant).headers().forEach(response::putHeader);
    }

    /**
     * Takes a request and a place out of its tenant's limits, before anything of it is read but its head.
     *
     * @throws ApiException 429 if there is no room for it
     */
    void enter(Tenant tenant, RequestLife life, HttpServerResponse response) {
        long startNanos = clock.nanoTime();
        try {
            life.entered(tenancy.enter(tenant));
        } finally {
            life.trace().limitsChecked(startNanos, clock.nanoTime());
            tellRates(tenant, response);
        }
    }

    /**
     * Reserves the worst that a planned request can use of its tenant's tokens and budgets.
     *
     * @return the plan within what is reserved: a longest answer that the client did not name is cut to what is left
     * @throws ApiException 429 if there is no room for it
     */
    GenerationPlan reserve(GenerationPlan plan, Tenant tenant, RequestLife life, HttpServerResponse response) {
        long startNanos = clock.nanoTime();
        try {
            Usage worst = new Usage(plan.promptTokens(), 0, plan.maxAnswerTokens());
            Demand demand = new Demand(
                    plan.model().name(),
                    worst,
                    plan.sequences().size(),
                    plan.fewestAnswerTokens(),
                    plan.options().maxTokensField());
            return plan.withAnswersOf(life.reserve(permit -> tenancy.reserve(tenant, permit, demand))
                    .answerTokens());
        } catch (ApiException refusal) {
            life.trace().limitsChecked(startNanos, clock.nanoTime());
            throw refusal;
        } finally {
            tellRates(tenant, response);
        }
    }
}
