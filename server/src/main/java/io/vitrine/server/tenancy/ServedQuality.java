package io.vitrine.server.tenancy;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.vitrine.observability.ServiceQuality;
import io.vitrine.observability.ServiceQuality.Compliance;
import io.vitrine.observability.ServiceQuality.Opinion;
import io.vitrine.store.ledger.CostEntry;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.tenants.ContentPolicy;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.quality.Feedback;
import io.vitrine.tenants.quality.Satisfaction;
import io.vitrine.tenants.quality.ServedRequest;
import io.vitrine.tenants.quality.SlaCompliance;
import io.vitrine.tenants.quality.SlaTracker;

/** How well tenants are served, against what they were promised, and what their users think of the answers. Any thread. */
public final class ServedQuality {

    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int OPINION_ROWS = 1_000;
    private static final int CHANGEABLE_OPINIONS = 10_000;

    private final Ledger ledger;
    private final TenantRegistry registry;
    private final SlaTracker sla;
    private final Satisfaction satisfaction = new Satisfaction(OPINION_ROWS, CHANGEABLE_OPINIONS);

    ServedQuality(Ledger ledger, TenantRegistry registry, Clock clock) {
        this.ledger = ledger;
        this.registry = registry;
        this.sla = new SlaTracker(clock, WINDOW);
    }

    /** A request is over that the server had to answer for. */
    public void served(Tenant tenant, ServedRequest request) {
        sla.add(tenant, request);
    }

    /**
     * Notes what somebody thinks of an answer to one of the tenant's requests; blocks. The comment is written down only where
     * the tenant has asked for content to be kept.
     *
     * @return the latest request that the tenant has called so; empty if there is none
     */
    public Optional<CostEntry> rate(Tenant tenant, Feedback feedback) {
        Optional<CostEntry> rated = ledger.findLatest(tenant.id(), feedback.requestId());
        rated.ifPresent(entry -> {
            ledger.rate(new io.vitrine.store.ledger.Feedback(
                            entry.entryId(),
                            feedback.at().toEpochMilli(),
                            tenant.id(),
                            feedback.score(),
                            keepsComments(tenant) ? feedback.comment().orElse(null) : null))
                    .join();
            satisfaction.add(entry.modelName(), tenant.id(), feedback.about(entry.entryId()));
        });
        return rated;
    }

    /** Whether comments of the tenant's users are kept: they are content, as prompts are. */
    public static boolean keepsComments(Tenant tenant) {
        return tenant.content() != ContentPolicy.NEVER;
    }

    /** All that is known now. */
    public ServiceQuality now() {
        return new ServiceQuality(
                registry.tenants().all().values().stream()
                        .flatMap(this::compliance)
                        .toList(),
                opinions());
    }

    private Stream<Compliance> compliance(Tenant tenant) {
        return sla.compliance(tenant).map(now -> compliance(tenant, now)).stream();
    }

    private static Compliance compliance(Tenant tenant, SlaCompliance now) {
        return new Compliance(
                tenant.id(),
                now.availability(),
                now.targets().availability(),
                now.ttftShare(),
                now.endToEndShare(),
                now.targets().percentile());
    }

    private List<Opinion> opinions() {
        return satisfaction.rows().entrySet().stream()
                .flatMap(row -> row.getValue().mean().stream()
                        .mapToObj(mean -> new Opinion(
                                row.getKey().model(),
                                row.getKey().tenantId(),
                                row.getValue().count(),
                                mean)))
                .toList();
    }

    void forgetIdle() {
        sla.forgetIdle();
    }
}
