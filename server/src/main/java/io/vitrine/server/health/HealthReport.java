package io.vitrine.server.health;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.vitrine.observability.catalogue.Component;

/** All components at one moment. */
public record HealthReport(Map<Component, ComponentHealth> components) {

    public HealthReport {
        components = Collections.unmodifiableMap(new EnumMap<>(components));
    }

    /** False for what only a restart cures. */
    public boolean live() {
        return components.values().stream().noneMatch(health -> health.verdict().curedByRestart());
    }

    /** Whether a request can be answered now. */
    public boolean ready() {
        return components.values().stream().allMatch(health -> health.verdict().serving());
    }

    public boolean healthy() {
        return components.values().stream().allMatch(health -> health.verdict().healthy());
    }

    /** {@code ok}, {@code degraded} (requests are answered beside a fault) or {@code unavailable}. */
    public String status() {
        if (!ready()) {
            return "unavailable";
        }
        return healthy() ? "ok" : "degraded";
    }

    /** As a JSON object. */
    public Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("status", status());
        object.put("live", live());
        object.put("ready", ready());
        Map<String, Object> byLabel = new LinkedHashMap<>();
        components.forEach((component, health) -> byLabel.put(component.label(), object(health)));
        object.put("components", byLabel);
        return object;
    }

    private static Map<String, Object> object(ComponentHealth health) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("verdict", health.verdict().label());
        object.put("healthy", health.verdict().healthy());
        object.put("reason", health.reason());
        if (!health.stack().isEmpty()) {
            object.put("stack", health.stack());
        }
        return object;
    }
}
