package io.vitrine.server.http;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.costs.BusinessReport;
import io.vitrine.server.costs.BusinessReport.TenantFacts;
import io.vitrine.server.costs.CostReport;
import io.vitrine.server.history.RequestSearch.Refusals;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.store.ledger.CostFilter;
import io.vitrine.store.telemetry.TimeRange;
import org.jspecify.annotations.Nullable;

/** Tenants as customers, on the management port: {@code GET /api/business?from=DAY&to=DAY}. */
final class BusinessRoutes {

    private final Vertx vertx;
    private final Tenancy tenancy;
    private final Optional<TelemetryHistory> history;
    private final int mostRows;
    private final Clock clock;

    BusinessRoutes(Vertx vertx, Tenancy tenancy, Optional<TelemetryHistory> history, int mostRows, Clock clock) {
        this.vertx = vertx;
        this.tenancy = tenancy;
        this.history = history;
        this.mostRows = mostRows;
        this.clock = clock;
    }

    void addTo(Router router) {
        router.route("/api/business")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(this::show);
    }

    private void show(RoutingContext context) {
        QueryParams params = new QueryParams(context.queryParams());
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        LocalDate to = params.day("to", today);
        LocalDate from = params.day("from", to.minusDays(CostReport.DEFAULT_DAYS - 1L));
        String tenant = HistoryRoutes.tenantOf(context, params);
        params.done();
        if (from.isAfter(to)) {
            throw ApiException.invalid("from", "from must not be after to, " + to + ": " + from);
        }
        CostFilter filter = new CostFilter(from, to, tenant);
        vertx.executeBlocking(() -> report(filter, tenant), false)
                .onSuccess(report -> Responses.json(context.response(), 200, report))
                .onFailure(context::fail);
    }

    private BusinessReport report(CostFilter filter, @Nullable String tenant) {
        TimeRange time = TimeRange.of(
                filter.from().atStartOfDay(ZoneOffset.UTC).toInstant(),
                filter.to().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
        Refusals refusals = history.map(stored -> stored.search(mostRows).refusals(time, tenant))
                .orElse(new Refusals(Map.of(), false));
        return BusinessReport.of(
                filter.from().toString(),
                filter.to().toString(),
                CostReport.of(tenancy.ledger(), filter).lines(),
                facts(tenant),
                refusals.byTenant(),
                refusals.complete(),
                clock.instant());
    }

    private Map<String, TenantFacts> facts(@Nullable String tenant) {
        Map<String, TenantFacts> facts = new TreeMap<>();
        tenancy.registry().tenants().all().forEach((id, policy) -> {
            if (tenant == null || tenant.equals(id)) {
                facts.put(id, new TenantFacts(policy, tenancy.budgets().state(id)));
            }
        });
        return facts;
    }
}
