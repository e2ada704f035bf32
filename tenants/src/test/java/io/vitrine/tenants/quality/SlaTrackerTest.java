package io.vitrine.tenants.quality;

import java.time.Duration;
import java.util.List;

import io.vitrine.tenants.ContentPolicy;
import io.vitrine.tenants.MovableClock;
import io.vitrine.tenants.PrefixSharing;
import io.vitrine.tenants.Priority;
import io.vitrine.tenants.SlaTargets;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantBudgets;
import io.vitrine.tenants.TenantLimits;
import io.vitrine.tenants.TracePolicy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SlaTrackerTest {

    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final ServedRequest GOOD = new ServedRequest(true, LIMIT, Duration.ofSeconds(2));
    private static final ServedRequest SLOW = new ServedRequest(true, LIMIT.plusNanos(1), Duration.ofSeconds(9));
    private static final ServedRequest FAILED = new ServedRequest(false, null, null);

    private final MovableClock clock = new MovableClock("2026-03-01T12:00:00Z");
    private final SlaTracker tracker = new SlaTracker(clock, Duration.ofHours(1));
    private final SlaTargets targets = new SlaTargets(LIMIT, Duration.ofSeconds(2), 0.5, 0.75);
    private final Tenant tenant = tenant(targets);

    @Test
    void judgesByTheTenantsOwnTargets() {
        add(GOOD, GOOD, SLOW, FAILED);
        assertThat(tracker.compliance(tenant)).contains(new SlaCompliance(targets, 4, 0.75, 0.5, 0.5));
        assertThat(tracker.compliance(tenant).orElseThrow().met()).isTrue();
        add(SLOW);
        assertThat(tracker.compliance(tenant).orElseThrow().met()).isFalse();
    }

    @Test
    void isMissedByFailuresAlone() {
        Tenant lenient = tenant(new SlaTargets(null, null, 1, 0.9));
        tracker.add(lenient, FAILED);
        SlaCompliance compliance = tracker.compliance(lenient).orElseThrow();
        assertThat(compliance.ttftShare()).isEqualTo(1);
        assertThat(compliance.met()).isFalse();
    }

    @Test
    void countsAsKeptWhereNobodyAsked() {
        assertThat(tracker.compliance(tenant)).contains(new SlaCompliance(targets, 0, 1, 1, 1));
        assertThat(tracker.compliance(tenant).orElseThrow().met()).isTrue();
    }

    @Test
    void dropsWhatIsOlderThanTheWindow() {
        add(FAILED);
        clock.advance(Duration.ofMinutes(59));
        add(GOOD);
        assertThat(tracker.compliance(tenant).orElseThrow().requests()).isEqualTo(2);
        clock.advance(Duration.ofMinutes(1));
        assertThat(tracker.compliance(tenant)).contains(new SlaCompliance(targets, 1, 1, 1, 1));
        clock.advance(Duration.ofDays(10));
        assertThat(tracker.compliance(tenant).orElseThrow().requests()).isZero();
    }

    @Test
    void losesNothingWhereTheClockStepsBack() {
        add(GOOD);
        clock.set("2026-03-01T11:00:00Z");
        add(GOOD);
        assertThat(tracker.compliance(tenant).orElseThrow().requests()).isEqualTo(2);
    }

    @Test
    void remembersOnlyTenantsThatWerePromisedSomethingAndCame() {
        tracker.add(Tenant.unlimited("free"), GOOD);
        add(GOOD);
        assertThat(tracker.trackedTenants()).isEqualTo(1);
        assertThat(tracker.compliance(Tenant.unlimited("free"))).isEmpty();
        tracker.forgetIdle();
        assertThat(tracker.trackedTenants()).isEqualTo(1);
        clock.advance(Duration.ofHours(1));
        tracker.forgetIdle();
        assertThat(tracker.trackedTenants()).isZero();
    }

    @Test
    void refusesNonsense() {
        assertThatThrownBy(() -> new SlaTracker(clock, Duration.ofMillis(999))).hasMessageContaining("PT0.999S");
        assertThatThrownBy(() -> new SlaTargets(Duration.ZERO, null, 1, 1)).hasMessageContaining("ttft must be > 0");
        assertThatThrownBy(() -> new SlaTargets(null, null, 0, 1)).hasMessageContaining("percentile");
        assertThatThrownBy(() -> new SlaTargets(null, null, 1, Double.NaN)).hasMessageContaining("availability");
    }

    private void add(ServedRequest... requests) {
        for (ServedRequest request : requests) {
            tracker.add(tenant, request);
        }
    }

    private static Tenant tenant(SlaTargets targets) {
        return new Tenant(
                "acme",
                Priority.NORMAL,
                TenantLimits.NONE,
                List.of(),
                TenantBudgets.NONE,
                TracePolicy.SAMPLED,
                ContentPolicy.NEVER,
                PrefixSharing.SHARED,
                targets);
    }
}
