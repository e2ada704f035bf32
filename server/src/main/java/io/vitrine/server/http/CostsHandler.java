package io.vitrine.server.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.costs.CostReport;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.store.ledger.CostFilter;
import org.jspecify.annotations.Nullable;

/**
 * Shows operators what the ledger adds up to: {@code GET /api/costs?tenant=&from=&to=&format=json|csv}, days of UTC, both
 * included, the last 31 if none are given. On the management port's event loop; the ledger on a worker.
 */
final class CostsHandler implements Handler<RoutingContext> {

    static final String PATH = "/api/costs";

    private final Vertx vertx;
    private final Tenancy tenancy;
    private final Clock clock;

    CostsHandler(Vertx vertx, Tenancy tenancy, Clock clock) {
        this.vertx = vertx;
        this.tenancy = tenancy;
        this.clock = clock;
    }

    @Override
    public void handle(RoutingContext context) {
        for (String name : context.request().params().names()) {
            if (context.request().params().getAll(name).size() > 1) {
                throw ApiException.invalid(name, name + " is given more than once");
            }
        }
        CostFilter filter = filter(context);
        boolean csv = csv(context.request().getParam("format"));
        vertx.executeBlocking(() -> CostReport.of(tenancy.ledger(), filter), false)
                .onSuccess(report -> answer(context.response(), report, csv))
                .onFailure(context::fail);
    }

    private static void answer(HttpServerResponse response, CostReport report, boolean csv) {
        if (csv) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8")
                    .end(report.csv());
        } else {
            Responses.json(response, 200, report.object());
        }
    }

    private CostFilter filter(RoutingContext context) {
        LocalDate today = LocalDate.now(clock);
        LocalDate to = day("to", context.request().getParam("to"), today);
        LocalDate from = day("from", context.request().getParam("from"), to.minusDays(CostReport.DEFAULT_DAYS - 1L));
        if (to.isBefore(from)) {
            throw ApiException.invalid("to", "to must not be before from, " + from + ": " + to);
        }
        String tenant = ConsoleAccess.of(context).tenant(context.request().getParam("tenant"));
        return new CostFilter(from, to, tenant);
    }

    private static LocalDate day(String name, @Nullable String text, LocalDate fallback) {
        if (text == null) {
            return fallback;
        }
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.getYear() >= 1970 && day.getYear() <= 9999) {
                return day;
            }
        } catch (DateTimeException e) {
            // Refused below, as any other text that is no day.
        }
        throw ApiException.invalid(name, name + " must be a day such as 2026-11-24");
    }

    private static boolean csv(@Nullable String format) {
        if (format == null || format.equals("json")) {
            return false;
        }
        if (format.equals("csv")) {
            return true;
        }
        throw ApiException.invalid("format", "format must be json or csv");
    }
}
