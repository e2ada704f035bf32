package io.vitrine.tenants;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A tenant's policy as names and values in words, for the audit log and for people; the names are those of the YAML file. */
final class TenantSettings {

    private static final String NONE = "none";

    private TenantSettings() {}

    static Map<String, String> of(Tenant tenant) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("priority", label(tenant.priority()));
        limits(settings, tenant.limits());
        settings.put(
                "models", tenant.models().isEmpty() ? "all" : tenant.models().toString());
        settings.put("budget.day", orNone(tenant.budgets().dayLimit()));
        settings.put("budget.month", orNone(tenant.budgets().monthLimit()));
        settings.put("traces", label(tenant.traces()));
        settings.put("content", label(tenant.content()));
        settings.put("prefix-cache", label(tenant.prefixes()));
        settings.put("sla", orNone(tenant.slaTargets()));
        return settings;
    }

    private static void limits(Map<String, String> settings, TenantLimits limits) {
        settings.put("limits.requests-per-minute", limit(limits.requestsPerMinute()));
        settings.put("limits.tokens-per-minute", limit(limits.tokensPerMinute()));
        settings.put("limits.concurrent-requests", limit(limits.concurrentRequests()));
        settings.put("limits.context-tokens", limit(limits.contextTokens()));
        settings.put("limits.output-tokens", limit(limits.outputTokens()));
    }

    /** {@code priority low → high, traces sampled → always}; empty if nothing differs. */
    static String difference(Tenant before, Tenant after) {
        Map<String, String> old = of(before);
        List<String> changes = new ArrayList<>();
        of(after).forEach((name, value) -> {
            if (!value.equals(old.get(name))) {
                changes.add(name + " " + old.get(name) + " → " + value);
            }
        });
        return String.join(", ", changes);
    }

    private static String limit(long value) {
        return value == TenantLimits.UNLIMITED ? "unlimited" : Long.toString(value);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String orNone(@Nullable Object value) {
        return value == null ? NONE : value.toString();
    }
}
