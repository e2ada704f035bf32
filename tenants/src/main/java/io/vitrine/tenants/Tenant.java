package io.vitrine.tenants;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Who uses the server, and under which policy.
 *
 * @param id letters, digits, {@code . _ -}, at most 64: it stands in logs, metrics and file names
 * @param models patterns of those it may use; empty for all
 * @param slaTargets what it was promised; null for nothing
 */
public record Tenant(
        String id,
        Priority priority,
        TenantLimits limits,
        List<Glob> models,
        TenantBudgets budgets,
        TracePolicy traces,
        ContentPolicy content,
        PrefixSharing prefixes,
        @Nullable SlaTargets slaTargets) {

    public Tenant {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
            throw new IllegalArgumentException(
                    "a tenant's id must have 1 to 64 letters, digits, dots, dashes or underscores, and begin with"
                            + " a letter or digit: " + (id.length() <= 64 ? id : id.substring(0, 64) + "…"));
        }
        models = List.copyOf(models);
    }

    /** A tenant that may do everything and keeps nothing to itself: what a server without configuration has. */
    public static Tenant unlimited(String id) {
        return new Tenant(
                id,
                Priority.NORMAL,
                TenantLimits.NONE,
                List.of(),
                TenantBudgets.NONE,
                TracePolicy.SAMPLED,
                ContentPolicy.NEVER,
                PrefixSharing.SHARED,
                null);
    }

    public Tenant withLimits(TenantLimits other) {
        return new Tenant(id, priority, other, models, budgets, traces, content, prefixes, slaTargets);
    }

    public Tenant withBudgets(TenantBudgets other) {
        return new Tenant(id, priority, limits, models, other, traces, content, prefixes, slaTargets);
    }

    public boolean mayUse(String model) {
        return models.isEmpty() || models.stream().anyMatch(glob -> glob.matches(model));
    }

    /** What keeps its computed prompts from others; empty text where it shares them. */
    public String prefixSalt() {
        return prefixes == PrefixSharing.OWN ? id : "";
    }

    public Optional<SlaTargets> sla() {
        return Optional.ofNullable(slaTargets);
    }
}
