package io.vitrine.server.http;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.vitrine.observability.Outcome;
import io.vitrine.observability.RequestCharge;
import io.vitrine.observability.RequestSummary.Tokens;
import io.vitrine.observability.RequestTimes;
import io.vitrine.observability.Route;
import io.vitrine.observability.TraceIds;
import io.vitrine.server.tenancy.Admittance;
import io.vitrine.server.tenancy.Books;
import io.vitrine.server.tenancy.Caller;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.tenants.Money;
import io.vitrine.tenants.cost.ResourceUse;
import io.vitrine.tenants.cost.Usage;
import io.vitrine.tenants.limits.Permit;
import org.jspecify.annotations.Nullable;

/** What one request holds, is charged and costs: settled once and entered into the books. On the request's event loop. */
final class RequestBill {

    private static final CompletionStage<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final Books books;
    private @Nullable Permit permit;
    private @Nullable Admittance admittance;
    private @Nullable RequestCharge charge;
    private CompletionStage<Void> entered = NOTHING;

    RequestBill(Books books) {
        this.books = books;
    }

    /** What became of the request, as far as its price goes. */
    record Service(
            String requestId,
            Caller caller,
            String modelName,
            Route route,
            Outcome outcome,
            Tokens tokens,
            RequestTimes times,
            Optional<TraceIds> trace) {}

    /** It holds a place from now on. */
    void entered(Permit held) {
        permit = held;
    }

    /** It holds its worst case from now on, if {@code admission} grants it. */
    Admittance reserve(Function<Permit, Admittance> admission) {
        Admittance reserved = admission.apply(Objects.requireNonNull(permit, "a request enters before it reserves"));
        admittance = reserved;
        return reserved;
    }

    /** Whether it holds its worst case. */
    boolean open() {
        return admittance != null;
    }

    /**
     * The engine took nothing in: all goes back, and there is no entry of it.
     *
     * @param counts whether it was one of its tenant's requests of the minute all the same
     */
    void release(boolean counts) {
        if (permit != null) {
            if (counts) {
                permit.close();
            } else {
                permit.withdraw();
            }
            permit = null;
        }
        if (admittance != null) {
            admittance.refund(new Usage(0, 0, 0));
            admittance = null;
        }
    }

    /** Charges what was used and gives the rest back, unless that was done before. */
    void settle(Service service) {
        if (admittance == null) {
            return;
        }
        Tokens tokens = service.tokens();
        Usage used = new Usage(tokens.input(), tokens.cached(), tokens.output());
        Optional<Money> price = Optional.empty();
        if (service.outcome() == Outcome.FAILED) {
            admittance.refund(used);
        } else {
            price = admittance.settle(used);
        }
        ResourceUse use =
                books.use(service.times().engineNanos(), service.times().kvByteSeconds());
        RequestCharge settled = charge(price, use);
        charge = settled;
        entered = books.enter(entry(service, settled, admittance));
        admittance = null;
        permit = null;
    }

    private RequestCharge charge(Optional<Money> price, ResourceUse use) {
        return new RequestCharge(
                books.currency(),
                billionths(price),
                billionths(books.cost(use)),
                use.stepNanos(),
                use.kvByteSeconds(),
                use.joules() == null ? OptionalDouble.empty() : OptionalDouble.of(use.joules()));
    }

    private static OptionalLong billionths(Optional<Money> amount) {
        return amount.map(money -> OptionalLong.of(money.nanos())).orElse(OptionalLong.empty());
    }

    private CostEntry entry(Service service, RequestCharge charge, Admittance admittance) {
        return new CostEntry(
                books.newEntryId(),
                service.requestId(),
                admittance.at().toEpochMilli(),
                service.caller().tenant().id(),
                service.caller().keyPrefix().orElse(null),
                service.modelName(),
                service.route().template(),
                service.outcome().label(),
                service.tokens().input(),
                service.tokens().cached(),
                service.tokens().output(),
                charge.currency(),
                revenue(service, charge, admittance.at()),
                boxed(charge.infrastructureBillionths()),
                charge.engineNanos(),
                charge.kvByteSeconds(),
                charge.joules().isPresent() ? charge.joules().getAsDouble() : null,
                service.trace().map(TraceIds::traceId).orElse(null));
    }

    /** What the server failed at is free, where it would have had a price; null if the model has none. */
    private @Nullable Long revenue(Service service, RequestCharge charge, Instant at) {
        boolean free = service.outcome() == Outcome.FAILED && books.isPriced(service.modelName(), at);
        return free ? Long.valueOf(0) : boxed(charge.priceBillionths());
    }

    private static @Nullable Long boxed(OptionalLong amount) {
        return amount.isPresent() ? amount.getAsLong() : null;
    }

    /** Empty if the engine took nothing in, and before it is settled. */
    Optional<RequestCharge> charge() {
        return Optional.ofNullable(charge);
    }

    /** Completes, on any thread, once the entry is written down, or will not be in the time that an answer waits. */
    CompletionStage<Void> entered() {
        return entered;
    }
}
