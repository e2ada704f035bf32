package io.vitrine.server.tenancy;

import java.time.Duration;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.tenants.SlaTargets;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantBudgets;
import io.vitrine.tenants.TenantLimits;
import io.vitrine.tenants.TenantsFile;

/**
 * A tenant as JSON, in the words of the tenants' YAML file: what {@link TenantsFile} reads, so that file, ledger, commands and
 * API know one form, one set of limits and one set of errors.
 */
public final class TenantJson {

    private static final ObjectMapper JSON = new ObjectMapper();

    private TenantJson() {}

    /** What is as every tenant has it that says nothing is left out, but for the choices. */
    public static ObjectNode of(Tenant tenant) {
        ObjectNode json = object().put("id", tenant.id()).put("priority", label(tenant.priority()));
        putIfAny(json, "limits", limits(tenant.limits()));
        if (!tenant.models().isEmpty()) {
            tenant.models().forEach(model -> json.withArray("models").add(model.pattern()));
        }
        putIfAny(json, "budget", budget(tenant.budgets()));
        json.put("traces", label(tenant.traces()))
                .put("content", label(tenant.content()))
                .put("prefix-cache", label(tenant.prefixes()));
        tenant.sla().ifPresent(sla -> json.set("sla", sla(sla)));
        return json;
    }

    /**
     * The tenant that a JSON object tells of.
     *
     * @param source names it in errors
     * @throws io.vitrine.tenants.yaml.YamlException if anything in it is not understood
     * @throws IllegalArgumentException if anything in it is null
     */
    public static Tenant parse(JsonNode json, String source) {
        requireNoNull(json, source);
        // JSON is YAML. Written anew, so that nothing in it can end the list early.
        return TenantsFile.read("{\"tenants\": [" + json + "]}", source).get(0);
    }

    /** YAML would take a null for the word. */
    private static void requireNoNull(JsonNode json, String source) {
        if (json.isNull()) {
            throw new IllegalArgumentException(source + " has a null; leave out what is not set");
        }
        json.forEach(value -> requireNoNull(value, source));
    }

    static Tenant parse(String json, String source) {
        try {
            return parse(JSON.readTree(json), source);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(source + " is not JSON", e);
        }
    }

    private static ObjectNode limits(TenantLimits limits) {
        ObjectNode json = object();
        putLimit(json, "requests-per-minute", limits.requestsPerMinute());
        putLimit(json, "tokens-per-minute", limits.tokensPerMinute());
        putLimit(json, "concurrent-requests", limits.concurrentRequests());
        putLimit(json, "context-tokens", limits.contextTokens());
        putLimit(json, "output-tokens", limits.outputTokens());
        return json;
    }

    private static void putLimit(ObjectNode json, String name, long value) {
        if (value != TenantLimits.UNLIMITED) {
            json.put(name, value);
        }
    }

    private static ObjectNode budget(TenantBudgets budgets) {
        ObjectNode json = object();
        budgets.day().ifPresent(day -> json.put(
                        "day", day.amount().stripTrailingZeros().toPlainString())
                .put("currency", day.currency()));
        budgets.month().ifPresent(month -> json.put(
                        "month", month.amount().stripTrailingZeros().toPlainString())
                .put("currency", month.currency()));
        return json;
    }

    private static ObjectNode sla(SlaTargets sla) {
        ObjectNode json = object();
        sla.ttft().map(Duration::toMillis).ifPresent(millis -> json.put("ttft-ms", millis));
        sla.endToEnd().map(Duration::toMillis).ifPresent(millis -> json.put("end-to-end-ms", millis));
        return json.put("percentile", sla.percentile()).put("availability", sla.availability());
    }

    private static void putIfAny(ObjectNode json, String name, ObjectNode inner) {
        if (!inner.isEmpty()) {
            json.set(name, inner);
        }
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
