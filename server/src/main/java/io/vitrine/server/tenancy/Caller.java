package io.vitrine.server.tenancy;

import java.util.Optional;

import io.vitrine.tenants.Tenant;

/**
 * Who asks.
 *
 * @param tenant with the policy that held when it came
 * @param keyPrefix the public part of the key that it brought; empty if it brought none and needed none
 */
public record Caller(Tenant tenant, Optional<String> keyPrefix) {}
