package io.vitrine.tenants.keys;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vitrine.tenants.AuditEntry;
import io.vitrine.tenants.MovableClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyRingTest {

    private static final byte[] PEPPER = "a secret of the server".getBytes(StandardCharsets.US_ASCII);

    private final MovableClock clock = new MovableClock("2026-03-01T12:00:30Z");
    private final List<AuditEntry> audit = new ArrayList<>();
    private final InMemoryKeyStore store = new InMemoryKeyStore();
    private final KeyRing ring = new KeyRing(store, PEPPER, clock, audit::add);

    @Test
    void knowsTheKeyThatItMade() {
        ApiKey key = ring.create(request(), "test");
        assertThat(ring.verify(key.reveal(), Scope.INFER))
                .isEqualTo(new KeyVerdict.Valid(new KeyInfo(
                        key.prefix(), "acme", "laptop", Set.of(Scope.INFER), clock.instant(), null, null, null)));
    }

    @Test
    void tellsATypoFromAKeyThatIsNotKnown() {
        String text = ring.create(request(), "test").reveal();
        KeyRing elsewhere = new KeyRing(new InMemoryKeyStore(), PEPPER, clock, audit::add);
        assertRefused(ring.verify(text.substring(0, 38), Scope.INFER), KeyRefusal.MALFORMED);
        assertRefused(elsewhere.verify(text, Scope.INFER), KeyRefusal.UNKNOWN);
    }

    @Test
    void refusesAKnownPrefixWithAnotherSecret() {
        ApiKey known = ring.create(request(), "test");
        ApiKey forged = ring.create(request(), "test");
        InMemoryKeyStore crossed = new InMemoryKeyStore();
        store.all().stream()
                .filter(key -> key.info().prefix().equals(known.prefix()))
                .forEach(key -> crossed.insert(new StoredKey(rename(key.info(), forged.prefix()), key.hash())));
        KeyRing other = new KeyRing(crossed, PEPPER, clock, audit::add);
        assertRefused(other.verify(forged.reveal(), Scope.INFER), KeyRefusal.UNKNOWN);
    }

    @Test
    void adoptsAKeyOfAnotherServerOnce() {
        String text = ring.create(request(), "test").reveal();
        KeyRing replica = new KeyRing(new InMemoryKeyStore(), new byte[16], clock, audit::add);

        String prefix = replica.adopt(text, request(), "deploy");
        assertThat(replica.verify(text, Scope.INFER)).isInstanceOf(KeyVerdict.Valid.class);

        replica.revoke(prefix, "test");
        assertThat(replica.adopt(text, request(), "deploy")).isEqualTo(prefix);
        assertRefused(replica.verify(text, Scope.INFER), KeyRefusal.REVOKED);
    }

    @Test
    void adoptsNothingThatIsNoKey() {
        String text = ring.create(request(), "test").reveal();

        assertThatThrownBy(() -> ring.adopt(text.substring(1), request(), "deploy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining(text.substring(12, 30));
    }

    private static KeyInfo rename(KeyInfo key, String prefix) {
        return new KeyInfo(
                prefix,
                key.tenantId(),
                key.label(),
                key.scopes(),
                key.createdAt(),
                key.expiresAt(),
                key.revokedAt(),
                key.lastUsedAt());
    }

    @Test
    void refusesEveryKeyUnderAnotherPepper() {
        ApiKey key = ring.create(request(), "test");
        KeyRing other = new KeyRing(store, new byte[16], clock, audit::add);
        assertRefused(other.verify(key.reveal(), Scope.INFER), KeyRefusal.UNKNOWN);
    }

    @Test
    void refusesARevokedKeyAtOnceAndForGood() {
        ApiKey key = ring.create(request(), "test");
        assertThat(ring.revoke(key.prefix(), "test")).isTrue();
        assertRefused(ring.verify(key.reveal(), Scope.INFER), KeyRefusal.REVOKED);
        Instant revokedAt = clock.instant();
        clock.advance(Duration.ofHours(1));
        assertThat(ring.revoke(key.prefix(), "test")).isTrue();
        KeyRing restarted = new KeyRing(store, PEPPER, clock, audit::add);
        assertRefused(restarted.verify(key.reveal(), Scope.INFER), KeyRefusal.REVOKED);
        assertThat(restarted.list()).extracting(KeyInfo::revokedAt).containsExactly(revokedAt);
    }

    @Test
    void cannotRevokeWhatIsNotThere() {
        assertThat(ring.revoke("vt_nowhere0", "test")).isFalse();
        assertThat(audit).isEmpty();
    }

    @Test
    void refusesAKeyFromTheMomentItExpires() {
        Instant end = clock.instant().plusSeconds(60);
        ApiKey key = ring.create(new KeyRequest("acme", "", Set.of(Scope.INFER), end), "test");
        clock.advance(Duration.ofNanos(59_999_999_999L));
        assertThat(ring.verify(key.reveal(), Scope.INFER)).isInstanceOf(KeyVerdict.Valid.class);
        clock.advance(Duration.ofNanos(1));
        assertRefused(ring.verify(key.reveal(), Scope.INFER), KeyRefusal.EXPIRED);
    }

    @Test
    void makesNoKeyThatIsExpiredFromTheStart() {
        KeyRequest late = new KeyRequest("acme", "", Set.of(Scope.INFER), clock.instant());
        assertThatThrownBy(() -> ring.create(late, "test")).hasMessageContaining("2026-03-01T12:00:30Z");
        assertThat(ring.list()).isEmpty();
    }

    @Test
    void refusesAScopeThatTheKeyDoesNotHave() {
        ApiKey key = ring.create(new KeyRequest("acme", "", Set.of(Scope.ADMIN), null), "test");
        assertThat(ring.verify(key.reveal(), Scope.READ_TELEMETRY))
                .isEqualTo(new KeyVerdict.Refused(
                        KeyRefusal.MISSING_SCOPE, key.prefix() + " does not have the scope read-telemetry"));
        assertRefused(ring.verify(key.reveal(), Scope.INFER), KeyRefusal.MISSING_SCOPE);
    }

    @Test
    void takesOverWhatAnotherProcessRevoked() {
        ApiKey key = ring.create(request(), "test");
        new KeyRing(store, PEPPER, clock, audit::add).revoke(key.prefix(), "command line");
        assertThat(ring.verify(key.reveal(), Scope.INFER)).isInstanceOf(KeyVerdict.Valid.class);
        ring.reload();
        assertRefused(ring.verify(key.reveal(), Scope.INFER), KeyRefusal.REVOKED);
    }

    @Test
    void writesLastUseOnceForManyRequestsAndToTheMinute() {
        List<Map<String, Instant>> writes = new ArrayList<>();
        KeyRing counted = new KeyRing(new RecordingStore(writes), PEPPER, clock, audit::add);
        ApiKey key = counted.create(request(), "test");
        for (int i = 0; i < 100; i++) {
            counted.verify(key.reveal(), Scope.INFER);
        }
        counted.verify(key.reveal(), Scope.ADMIN);
        Instant minute = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(writes).isEmpty();
        assertThat(counted.list()).extracting(KeyInfo::lastUsedAt).containsExactly(minute);
        counted.saveLastUsed();
        counted.saveLastUsed();
        assertThat(writes).containsExactly(Map.of(key.prefix(), minute));
        assertThat(counted.list()).extracting(KeyInfo::lastUsedAt).containsExactly(minute);
    }

    @Test
    void notesNoUseOfAKeyThatItRefused() {
        ApiKey key = ring.create(request(), "test");
        ring.revoke(key.prefix(), "test");
        ring.verify(key.reveal(), Scope.INFER);
        assertThat(ring.list()).extracting(KeyInfo::lastUsedAt).containsOnlyNulls();
    }

    @Test
    void tellsTheAuditLogWhoMadeAndRevokedAKey() {
        ApiKey key = ring.create(request(), "ann");
        ring.revoke(key.prefix(), "bob");
        Instant now = clock.instant();
        assertThat(audit)
                .containsExactly(
                        new AuditEntry(now, "ann", AuditEntry.Action.KEY_CREATED, key.prefix(), "for tenant acme"),
                        new AuditEntry(now, "bob", AuditEntry.Action.KEY_REVOKED, key.prefix(), "of tenant acme"));
    }

    @Test
    void letsNoSecretIntoAnythingItShows() {
        ApiKey key = ring.create(request(), "test");
        String secret = key.reveal().substring(key.prefix().length());
        String hash = store.all().get(0).hash().hex();
        String shown = ring.list() + " " + store.all() + audit + ring.verify(key.reveal(), Scope.INFER) + key;
        assertThat(shown).doesNotContain(secret).doesNotContain(hash);
    }

    @Test
    void refusesARequestForAKeyWithoutScopesOrWithALongLabel() {
        assertThatThrownBy(() -> new KeyRequest("acme", "", Set.of(), null)).hasMessageContaining("scope");
        assertThatThrownBy(() -> new KeyRequest("acme", "x".repeat(101), Set.of(Scope.INFER), null))
                .hasMessageContaining("100 characters: 101");
    }

    private static KeyRequest request() {
        return new KeyRequest("acme", "laptop", Set.of(Scope.INFER), null);
    }

    private static void assertRefused(KeyVerdict verdict, KeyRefusal reason) {
        assertThat(verdict).isInstanceOfSatisfying(KeyVerdict.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(reason));
    }

    /** Notes each write of last uses. */
    private record RecordingStore(InMemoryKeyStore inner, List<Map<String, Instant>> writes) implements KeyStore {

        RecordingStore(List<Map<String, Instant>> writes) {
            this(new InMemoryKeyStore(), writes);
        }

        @Override
        public List<StoredKey> all() {
            return inner.all();
        }

        @Override
        public boolean insert(StoredKey key) {
            return inner.insert(key);
        }

        @Override
        public void revoke(String prefix, Instant at) {
            inner.revoke(prefix, at);
        }

        @Override
        public void saveLastUsed(Map<String, Instant> usedAt) {
            writes.add(Map.copyOf(usedAt));
            inner.saveLastUsed(usedAt);
        }
    }
}
