package io.vitrine.tenants;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.vitrine.tenants.yaml.YamlException;
import io.vitrine.tenants.yaml.YamlNode;
import org.jspecify.annotations.Nullable;

/**
 * Reads tenants from YAML: a list {@code tenants}, of which each needs an {@code id} only; what is left out is as in {@link
 * Tenant#unlimited}.
 *
 * <pre>{@code
 * tenants:
 *   - id: acme
 *     priority: high
 *     limits: {requests-per-minute: 60, tokens-per-minute: 100000, concurrent-requests: 4, context-tokens: 4096, output-tokens: 512}
 *     models: ["smollm2-*"]
 *     budget: {day: 5, month: 99.50, currency: USD}
 *     traces: always
 *     content: redacted
 *     prefix-cache: own
 *     sla: {ttft-ms: 500, end-to-end-ms: 20000, percentile: 0.95, availability: 0.999}
 * }</pre>
 */
public final class TenantsFile {

    private static final BigDecimal MAX_BUDGET = BigDecimal.valueOf(1_000_000_000);
    private static final long MAX_SLA_MILLIS = Duration.ofDays(1).toMillis();
    private static final double DEFAULT_PERCENTILE = 0.95;

    private TenantsFile() {}

    /**
     * All tenants of the text, in its order.
     *
     * @param source names it in errors
     * @throws YamlException if anything in it is not understood
     */
    public static List<Tenant> read(String yaml, String source) {
        YamlNode root = YamlNode.parse(yaml, source).onlyKeys("tenants");
        List<Tenant> tenants = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (YamlNode node : root.get("tenants").items()) {
            Tenant tenant = tenant(node);
            if (!ids.add(tenant.id())) {
                throw node.error("has the id of another tenant: " + tenant.id());
            }
            tenants.add(tenant);
        }
        return tenants;
    }

    private static Tenant tenant(YamlNode node) {
        node.onlyKeys("id", "priority", "limits", "models", "budget", "traces", "content", "prefix-cache", "sla");
        try {
            Tenant defaults = Tenant.unlimited(node.get("id").text());
            return new Tenant(
                    defaults.id(),
                    choice(node, "priority", defaults.priority()),
                    node.find("limits").map(TenantsFile::limits).orElse(defaults.limits()),
                    node.find("models").map(TenantsFile::models).orElse(defaults.models()),
                    node.find("budget").map(TenantsFile::budgets).orElse(defaults.budgets()),
                    choice(node, "traces", defaults.traces()),
                    choice(node, "content", defaults.content()),
                    choice(node, "prefix-cache", defaults.prefixes()),
                    node.find("sla").map(TenantsFile::sla).orElse(null));
        } catch (IllegalArgumentException e) {
            throw node.error("is refused: " + e.getMessage());
        }
    }

    private static <E extends Enum<E>> E choice(YamlNode node, String key, E otherwise) {
        return node.find(key)
                .map(value -> value.oneOf(otherwise.getDeclaringClass()))
                .orElse(otherwise);
    }

    private static TenantLimits limits(YamlNode node) {
        node.onlyKeys(
                "requests-per-minute", "tokens-per-minute", "concurrent-requests", "context-tokens", "output-tokens");
        return new TenantLimits(
                limit(node, "requests-per-minute", TenantLimits.MAX_PER_MINUTE),
                limit(node, "tokens-per-minute", TenantLimits.MAX_PER_MINUTE),
                limit(node, "concurrent-requests", Integer.MAX_VALUE),
                limit(node, "context-tokens", Integer.MAX_VALUE),
                limit(node, "output-tokens", Integer.MAX_VALUE));
    }

    private static long limit(YamlNode node, String key, long max) {
        return node.find(key).map(value -> value.wholeNumber(1, max)).orElse(TenantLimits.UNLIMITED);
    }

    private static List<Glob> models(YamlNode node) {
        List<Glob> models =
                node.items().stream().map(item -> new Glob(item.text())).toList();
        if (models.isEmpty()) {
            throw node.error("must name at least one model; leave it out to allow all");
        }
        return models;
    }

    private static TenantBudgets budgets(YamlNode node) {
        node.onlyKeys("day", "month", "currency");
        String currency = node.get("currency").text();
        return new TenantBudgets(money(node, "day", currency), money(node, "month", currency));
    }

    private static @Nullable Money money(YamlNode node, String key, String currency) {
        return node.find(key)
                .map(value -> Money.of(value.decimal(BigDecimal.ZERO, MAX_BUDGET), currency))
                .orElse(null);
    }

    private static SlaTargets sla(YamlNode node) {
        node.onlyKeys("ttft-ms", "end-to-end-ms", "percentile", "availability");
        return new SlaTargets(
                millis(node, "ttft-ms").orElse(null),
                millis(node, "end-to-end-ms").orElse(null),
                share(node, "percentile").orElse(DEFAULT_PERCENTILE),
                share(node, "availability").orElse(0.0));
    }

    private static Optional<Duration> millis(YamlNode node, String key) {
        return node.find(key).map(value -> Duration.ofMillis(value.wholeNumber(1, MAX_SLA_MILLIS)));
    }

    private static Optional<Double> share(YamlNode node, String key) {
        return node.find(key)
                .map(value -> value.decimal(BigDecimal.ZERO, BigDecimal.ONE).doubleValue());
    }
}
