package io.vitrine.tenants;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Where tenants are kept. What a call has done holds when it returns; one that fails throws and has done nothing. May block. */
public interface TenantStore {

    List<Tenant> all();

    /**
     * One change, whole or not at all. Keys of removed tenants are revoked with them; a new tenant starts without keys.
     *
     * @param saved new ones, and new versions of those that are there
     * @param removedIds of those to forget
     */
    void apply(Collection<Tenant> saved, Set<String> removedIds);
}
