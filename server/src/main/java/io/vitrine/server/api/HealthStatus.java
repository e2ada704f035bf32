package io.vitrine.server.api;

/** All is well. */
public record HealthStatus(String status) {

    public static final HealthStatus OK = new HealthStatus("ok");
}
