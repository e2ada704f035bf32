package io.vitrine.tenants;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

class TenantDirectoryTest {

    private final MovableClock clock = new MovableClock("2026-03-01T12:00:00Z");
    private final List<AuditEntry> audit = new ArrayList<>();
    private final InMemoryTenantStore store = new InMemoryTenantStore();
    private final TenantDirectory directory = new TenantDirectory(store, clock, audit::add);

    private final Tenant acme = Tenant.unlimited("acme");
    private final Tenant limited = acme.withLimits(new TenantLimits(60, 1_000, 2, 100, 50));

    @Test
    void startsWithWhatIsInTheStore() {
        store.apply(List.of(acme), Set.of());
        assertThat(new TenantDirectory(store, clock, audit::add).find("acme")).contains(acme);
    }

    @Test
    void takesOverWhatAnotherHasPutIntoTheStore() {
        directory.put(acme, "ann");
        store.apply(List.of(limited), Set.of());
        assertThat(directory.find("acme")).contains(acme);
        directory.reload();
        assertThat(directory.find("acme")).contains(limited);
    }

    @Test
    void putsAChangeInForceAndInTheStore() {
        directory.put(acme, "ann");
        directory.put(limited, "ann");
        assertThat(directory.find("acme")).contains(limited);
        assertThat(store.all()).containsExactly(limited);
    }

    @Test
    void doesNotChangeASnapshotThatSomeoneReads() {
        directory.put(acme, "ann");
        Map<String, Tenant> before = directory.all();
        directory.remove("acme", "ann");
        assertThat(before).containsOnlyKeys("acme");
        assertThat(directory.all()).isEmpty();
    }

    @Test
    void tellsWhatChangedInWords() {
        directory.put(acme, "ann");
        directory.put(limited, "bob");
        directory.remove("acme", "eve");
        assertThat(audit)
                .extracting(AuditEntry::actor, AuditEntry::action, AuditEntry::subject)
                .containsExactly(
                        tuple("ann", AuditEntry.Action.TENANT_ADDED, "acme"),
                        tuple("bob", AuditEntry.Action.TENANT_CHANGED, "acme"),
                        tuple("eve", AuditEntry.Action.TENANT_REMOVED, "acme"));
        assertThat(audit.get(1).detail())
                .startsWith("limits.requests-per-minute unlimited → 60, limits.tokens-per-minute unlimited → 1000");
    }

    @Test
    void tellsNothingWhereNothingChanged() {
        directory.put(acme, "ann");
        directory.put(Tenant.unlimited("acme"), "ann");
        assertThat(directory.remove("nobody", "ann")).isFalse();
        assertThat(audit).hasSize(1);
    }

    @Test
    void replacesAllInOneStepAndTellsOnlyTheDifference() {
        directory.replaceAll(List.of(acme, Tenant.unlimited("old"), Tenant.unlimited("same")), "file");
        audit.clear();
        directory.replaceAll(List.of(limited, Tenant.unlimited("same"), Tenant.unlimited("new")), "file");
        assertThat(directory.all()).containsOnlyKeys("acme", "same", "new");
        assertThat(audit)
                .extracting(AuditEntry::action, AuditEntry::subject)
                .containsExactlyInAnyOrder(
                        tuple(AuditEntry.Action.TENANT_CHANGED, "acme"),
                        tuple(AuditEntry.Action.TENANT_ADDED, "new"),
                        tuple(AuditEntry.Action.TENANT_REMOVED, "old"));
        assertThat(store.all())
                .containsExactlyInAnyOrderElementsOf(directory.all().values());
    }

    @Test
    void changesNothingWhereTheStoreFails() {
        TenantDirectory failing = new TenantDirectory(new FailingStore(), clock, audit::add);
        assertThatThrownBy(() -> failing.put(acme, "ann")).hasMessage("disk full");
        assertThat(failing.all()).isEmpty();
        assertThat(audit).isEmpty();
    }

    @Test
    void refusesTwoTenantsOfOneId() {
        assertThatThrownBy(() -> directory.replaceAll(List.of(acme, limited), "file"))
                .hasMessage("there are two tenants acme");
    }

    @Test
    void keepsModelsAndPrefixesApartAsThePolicySays() {
        Tenant closed = new Tenant(
                "closed",
                Priority.LOW,
                TenantLimits.NONE,
                List.of(new Glob("tiny-*")),
                TenantBudgets.NONE,
                TracePolicy.NEVER,
                ContentPolicy.NEVER,
                PrefixSharing.OWN,
                null);
        assertThat(closed.mayUse("tiny-1")).isTrue();
        assertThat(closed.mayUse("big-1")).isFalse();
        assertThat(closed.prefixSalt()).isEqualTo("closed");
        assertThat(acme.mayUse("anything")).isTrue();
        assertThat(acme.prefixSalt()).isEmpty();
    }

    @Test
    void refusesLimitsAndBudgetsThatMakeNoSense() {
        assertThatThrownBy(() -> new TenantLimits(0, 1, 1, 1, 1)).hasMessageContaining("requestsPerMinute");
        assertThatThrownBy(() -> new TenantLimits(1, 1, 0, 1, 1)).hasMessageContaining("concurrentRequests");
        assertThatThrownBy(() -> new TenantBudgets(Money.of("1", "USD"), Money.of("1", "EUR")))
                .hasMessageContaining("one currency");
    }

    /** As on a full disk. */
    private static final class FailingStore implements TenantStore {

        @Override
        public List<Tenant> all() {
            return List.of();
        }

        @Override
        public void apply(Collection<Tenant> saved, Set<String> removedIds) {
            throw new IllegalStateException("disk full");
        }
    }
}
