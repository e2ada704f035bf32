package io.vitrine.server.incidents;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.alerting.incidents.Impact;
import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.incidents.IncidentStep;
import io.vitrine.alerting.incidents.IncidentStepException;
import io.vitrine.alerting.incidents.Incidents;
import io.vitrine.alerting.incidents.PostMortem;
import io.vitrine.alerting.incidents.TimelineEntry;
import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.observability.IncidentChange;
import io.vitrine.store.ledger.AuditEntry;
import io.vitrine.store.ledger.EvidenceRow;
import io.vitrine.store.ledger.IncidentLedger;
import io.vitrine.store.ledger.IncidentLimits;
import io.vitrine.store.ledger.IncidentRow;
import io.vitrine.store.ledger.IncidentTable;
import io.vitrine.store.ledger.LedgerChange;
import org.jspecify.annotations.Nullable;

/**
 * The incidents in the ledger, for the server and for commands beside it. Each change reads, validates, writes and
 * audits in one transaction: of concurrent changes none is lost. Blocks; any thread that may.
 */
public final class IncidentRegister {

    private static final int AUDITED_CHARACTERS = 300;

    private final IncidentLedger ledger;
    private final InstantSource clock;

    public IncidentRegister(IncidentLedger ledger, InstantSource clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** A result, or a refusal, which is not a failed write of the ledger. */
    private record Answer<T>(@Nullable T result, @Nullable RuntimeException refusal) {

        T orThrow() {
            if (refusal != null) {
                throw refusal;
            }
            return Objects.requireNonNull(result);
        }
    }

    private <T> T change(IncidentLedger.Change<T> change) {
        CompletableFuture<Answer<T>> done = ledger.change(table -> {
            try {
                return new Answer<>(change.apply(table), null);
            } catch (IncidentStepException | IllegalArgumentException | NoSuchElementException refusal) {
                return new Answer<>(null, refusal); // thrown by validation, before anything is written
            }
        });
        return join(done).orThrow();
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * Opens one by hand.
     *
     * @throws IncidentStepException if {@link Incidents#MAX_OPEN} are open
     * @throws IllegalArgumentException if a text is empty or too long
     */
    public StoredIncident open(String title, Severity severity, String why, IncidentAuthor author) {
        return change(table -> {
            Incidents incidents = restored(stored(table.unended()), table.lastId());
            Incident opened = incidents.open(title, severity, author.name(), why, clock.millis());
            return insert(table, opened, author.actor());
        });
    }

    /**
     * Changes one.
     *
     * @param version that it must have; empty for any
     * @throws NoSuchElementException if there is none with this id
     * @throws IncidentStepException if the step is not allowed, or the version is another
     * @throws IllegalArgumentException if a text is empty or too long
     */
    public StoredIncident apply(long id, OptionalLong version, IncidentStep step, IncidentAuthor author) {
        return change(table -> {
            IncidentRow row = require(table, id);
            requireVersion(row, version);
            Incident before = IncidentJson.read(row.json());
            Incident after = step.apply(before, author.name(), clock.millis());
            return update(table, row.version(), before, after, author.actor());
        });
    }

    private static void requireVersion(IncidentRow row, OptionalLong version) {
        if (version.isPresent() && version.getAsLong() != row.version()) {
            throw new VersionConflictException(row.id(), version.getAsLong(), row.version());
        }
    }

    /**
     * Makes one part of another.
     *
     * @return the other
     * @throws NoSuchElementException if one of them does not exist
     * @throws IncidentStepException if it is not allowed
     */
    public StoredIncident merge(long id, OptionalLong version, long into, IncidentAuthor author) {
        return change(table -> {
            IncidentRow row = require(table, id);
            requireVersion(row, version);
            IncidentRow target = require(table, into);
            Incident part = IncidentJson.read(row.json());
            Incident whole = IncidentJson.read(target.json());
            Incidents both = new Incidents();
            both.restore(List.of(part, whole), 0);
            List<Incident> merged = both.merge(id, into, author.name(), clock.millis());
            update(table, row.version(), part, merged.get(0), author.actor());
            return update(table, target.version(), whole, merged.get(1), author.actor());
        });
    }

    /** What alerts that have changed do to incidents, as a part of the caller's transaction. */
    LedgerChange alerts(List<Alert> alerts, long atMillis) {
        List<Alert> relevant = List.copyOf(alerts);
        return IncidentLedger.within(table -> {
            List<StoredIncident> unended = stored(table.unended());
            Map<Long, StoredIncident> before = unended.stream()
                    .collect(Collectors.toMap(stored -> stored.incident().id(), Function.identity()));
            Incidents incidents = restored(unended, table.lastId());
            List<Incident> changed = incidents.changed(relevant, atMillis);
            for (Incident incident : changed) {
                StoredIncident known = before.get(incident.id());
                if (known == null) {
                    insert(table, incident, Incidents.AUTHOR);
                } else {
                    update(table, known.version(), known.incident(), incident, Incidents.AUTHOR);
                }
            }
            return changed.size();
        });
    }

    private static Incidents restored(List<StoredIncident> stored, long lastId) {
        Incidents incidents = new Incidents();
        incidents.restore(stored.stream().map(StoredIncident::incident).toList(), lastId);
        return incidents;
    }

    private static IncidentRow require(IncidentTable table, long id) throws SQLException {
        return table.find(id).orElseThrow(() -> new NoSuchElementException("there is no incident " + id));
    }

    private StoredIncident insert(IncidentTable table, Incident incident, String actor) throws SQLException {
        StoredIncident stored = save(table, 0, incident);
        audit(table, IncidentChange.Kind.INCIDENT_OPENED, incident, incident.title(), actor);
        return stored;
    }

    private StoredIncident update(IncidentTable table, long version, Incident before, Incident after, String actor)
            throws SQLException {
        StoredIncident stored = save(table, version, after);
        for (TimelineEntry entry : after.entriesSince(before)) {
            if (entry.kind() != Kind.ALERT) { // the alert's own log event has it
                audit(
                        table,
                        entry.kind() == Kind.TRANSITION
                                ? IncidentChange.Kind.INCIDENT_STATE_CHANGED
                                : IncidentChange.Kind.INCIDENT_UPDATED,
                        after,
                        entry.text(),
                        actor);
            }
        }
        return stored;
    }

    private static StoredIncident save(IncidentTable table, long version, Incident incident) throws SQLException {
        Long ended = incident.state().isFinal()
                ? Long.valueOf(
                        incident.timeline().get(incident.timeline().size() - 1).atMillis())
                : null;
        IncidentRow row = table.save(new IncidentRow(
                incident.id(),
                version,
                incident.severity().name(),
                incident.state().label(),
                incident.detectedMillis(),
                ended,
                incident.nextDue().map(LocalDate::toEpochDay).orElse(null),
                IncidentJson.write(incident).toString()));
        return new StoredIncident(row.version(), incident);
    }

    private void audit(IncidentTable table, IncidentChange.Kind kind, Incident incident, String text, String actor)
            throws SQLException {
        String detail = incident.severity() + " " + incident.state().label() + ": "
                + (text.length() <= AUDITED_CHARACTERS ? text : text.substring(0, AUDITED_CHARACTERS) + "…");
        table.audit(new AuditEntry(clock.millis(), actor, kind.label(), "incident " + incident.id(), detail));
    }

    /** One by its id. */
    public Optional<StoredIncident> find(long id) {
        return ledger.find(id).map(IncidentRegister::stored);
    }

    /**
     * The latest ones, newest first.
     *
     * @param states labels of states; empty for all
     */
    public List<StoredIncident> latest(Set<String> states, int offset, int limit) {
        return stored(ledger.latest(states, offset, limit));
    }

    /** Those that have not ended, by id. */
    List<StoredIncident> unended() {
        return stored(ledger.unended());
    }

    /** Those that were detected within a time before now, by id. */
    List<StoredIncident> detectedWithin(Duration time) {
        return stored(ledger.detectedSince(clock.millis() - time.toMillis()));
    }

    /** Those with an action item that is overdue, by id. */
    public List<StoredIncident> overdue() {
        return stored(ledger.withItemsDueBefore(today().toEpochDay()));
    }

    private static List<StoredIncident> stored(List<IncidentRow> rows) {
        return rows.stream().map(IncidentRegister::stored).toList();
    }

    private static StoredIncident stored(IncidentRow row) {
        return new StoredIncident(row.version(), IncidentJson.read(row.json()));
    }

    /** Day of the clock, UTC: what due dates are compared with. */
    public LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** The list of an incident's evidence, by name. */
    public List<EvidenceItem> evidence(long id) {
        return ledger.evidence(id).stream()
                .map(row -> new EvidenceItem(row.name(), row.mediaType(), row.takenMillis(), row.bytes(), row.note()))
                .toList();
    }

    /** The content of an item; empty if it is not there. */
    public Optional<byte[]> content(long id, String name) {
        return ledger.content(id, name);
    }

    /** Stores an item of evidence. */
    CompletableFuture<Void> save(long id, EvidenceItem item, byte @Nullable [] content) {
        EvidenceRow row =
                new EvidenceRow(id, item.name(), item.mediaType(), item.takenMillis(), item.bytes(), item.note());
        return ledger.saveEvidence(row, content);
    }

    /** Draft of the review, with the requests that ended between the cause and the resolution. */
    public String postMortem(Incident incident) {
        long end = incident.resolvedMillis().orElse(clock.millis());
        IncidentLedger.Outcomes outcomes =
                ledger.outcomes(incident.startedMillis(), Math.max(end, incident.startedMillis()) + 1);
        return PostMortem.of(
                incident, evidence(incident.id()), new Impact(outcomes.requests(), outcomes.affectedTenants()));
    }

    /** Deletes what is past its limits. */
    void prune(Duration retention, long maxCount, long maxBytes) {
        join(ledger.prune(new IncidentLimits(clock.millis() - retention.toMillis(), maxCount, maxBytes)));
    }
}
