package io.vitrine.store.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import io.vitrine.store.sql.GroupCommit;
import io.vitrine.store.sql.Reads;
import io.vitrine.store.sql.Sql;
import org.jspecify.annotations.Nullable;

/** Incidents and their evidence. A change reads and writes in one transaction: concurrent writers lose nothing. */
public final class IncidentLedger {

    /** A change; it may be applied again after a transaction that failed. */
    @FunctionalInterface
    public interface Change<T> {
        T apply(IncidentTable table) throws SQLException;
    }

    /** Requests that ended in a period: how many by outcome, and the tenants of those that failed or timed out. */
    public record Outcomes(SortedMap<String, Long> requests, long affectedTenants) {}

    private final Path file;
    private final GroupCommit writer;
    private final Reads reads;

    IncidentLedger(Path file, GroupCommit writer, Reads reads) {
        this.file = file;
        this.writer = writer;
        this.reads = reads;
    }

    /** Applies a change in a transaction. */
    public <T> CompletableFuture<T> change(Change<T> change) {
        return writer.submit(connection -> change.apply(new IncidentTable(connection)));
    }

    /** The change as part of a transaction of the caller's. */
    public static LedgerChange within(Change<?> change) {
        return connection -> change.apply(new IncidentTable(connection));
    }

    /** Incidents that have not ended, by id. */
    public List<IncidentRow> unended() {
        return reads.ask(connection -> new IncidentTable(connection).unended());
    }

    /**
     * The latest incidents, newest first.
     *
     * @param states those in one of these; empty for all
     */
    public List<IncidentRow> latest(Set<String> states, int offset, int limit) {
        String wanted = states.isEmpty() ? null : "," + String.join(",", states) + ",";
        return reads.ask(connection -> Sql.list(
                connection,
                "SELECT " + IncidentTable.COLUMNS + " FROM incidents"
                        + " WHERE ?1 IS NULL OR instr(?1, ',' || state || ',') > 0 ORDER BY id DESC LIMIT ?2 OFFSET ?3",
                Rows::incident,
                wanted,
                limit,
                offset));
    }

    /** Incidents with an action item that was due before a day, in days since 1970, and is not done. */
    public List<IncidentRow> withItemsDueBefore(long day) {
        return reads.ask(connection -> Sql.list(
                connection,
                "SELECT " + IncidentTable.COLUMNS + " FROM incidents WHERE due_day < ? ORDER BY id",
                Rows::incident,
                day));
    }

    /** Incidents that were detected at or after a time, by id. */
    public List<IncidentRow> detectedSince(long millis) {
        return reads.ask(connection -> Sql.list(
                connection,
                "SELECT " + IncidentTable.COLUMNS + " FROM incidents WHERE detected_millis >= ? ORDER BY id",
                Rows::incident,
                millis));
    }

    public Optional<IncidentRow> find(long id) {
        return reads.ask(connection -> IncidentTable.find(connection, id));
    }

    /** Stores an item of evidence, compressed. */
    public CompletableFuture<Void> saveEvidence(EvidenceRow row, byte @Nullable [] content) {
        byte[] compressed = content == null ? null : gzip(content);
        return writer.submit(connection -> {
            new IncidentTable(connection).saveEvidence(row, compressed);
            return null;
        });
    }

    /** The items of an incident's evidence, by name. */
    public List<EvidenceRow> evidence(long incidentId) {
        return reads.ask(connection -> Sql.list(
                connection,
                "SELECT incident_id, name, media_type, taken_millis, bytes, note FROM incident_evidence"
                        + " WHERE incident_id = ? ORDER BY name",
                Rows::evidence,
                incidentId));
    }

    /** The content of an item; empty if it has none. */
    public Optional<byte[]> content(long incidentId, String name) {
        return reads.ask(connection -> Sql.first(
                        connection,
                        "SELECT content FROM incident_evidence"
                                + " WHERE incident_id = ? AND name = ? AND content IS NOT NULL",
                        row -> row.getBytes(1),
                        incidentId,
                        name))
                .map(IncidentLedger::gunzip);
    }

    /** Requests that ended at or after the first and before the second time. */
    public Outcomes outcomes(long fromMillis, long endMillis) {
        // A connection of its own: an incident may have lasted for days.
        try (Reads own = new Reads(file)) {
            return own.ask(connection -> outcomes(connection, fromMillis, endMillis));
        }
    }

    private static Outcomes outcomes(Connection connection, long fromMillis, long endMillis) throws SQLException {
        String within = " FROM cost_entries WHERE at_millis >= ? AND at_millis < ?";
        SortedMap<String, Long> requests = new TreeMap<>();
        Sql.list(
                connection,
                "SELECT outcome, count(*)" + within + " GROUP BY outcome",
                row -> requests.put(row.getString(1), row.getLong(2)),
                fromMillis,
                endMillis);
        long tenants = Sql.first(
                        connection,
                        "SELECT count(DISTINCT tenant_id)" + within + " AND outcome IN ('failed', 'timed_out')",
                        row -> row.getLong(1),
                        fromMillis,
                        endMillis)
                .orElse(0L);
        return new Outcomes(requests, tenants);
    }

    /** Deletes incidents, with their evidence, that are past a limit; how many. */
    public CompletableFuture<Integer> prune(IncidentLimits limits) {
        return writer.submit(connection -> new IncidentTable(connection).prune(limits));
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static byte[] gunzip(byte[] compressed) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("evidence that cannot be decompressed", e);
        }
    }
}
