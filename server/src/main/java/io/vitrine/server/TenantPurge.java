package io.vitrine.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ledger.Ledger;
import io.vitrine.store.ledger.LedgerSettings;
import io.vitrine.store.ledger.TenantErasure;
import io.vitrine.store.telemetry.DeletionReceipt;
import io.vitrine.store.telemetry.DeletionReceipt.Deletion;
import io.vitrine.store.telemetry.RequestIds;
import io.vitrine.store.telemetry.TelemetryStore;

/** Deletes what is stored of one tenant: telemetry, log files, what its users thought; and lists what is kept, with the reason. */
final class TenantPurge {

    private static final String LEDGER_FILE = "ledger.db";

    private final ServerConfig config;
    private final String tenantId;
    private final List<Line> lines = new ArrayList<>();
    private boolean complete = true;

    private TenantPurge(ServerConfig config, String tenantId) {
        this.config = config;
        this.tenantId = tenantId;
    }

    /**
     * A line of the receipt.
     *
     * @param kind signal, or what of the ledger
     * @param cleared rows that are not the tenant's and lost its request ids
     * @param kept rows that stay
     * @param reason why they do; empty if none do
     */
    record Line(String kind, String file, long deleted, long cleared, long kept, String reason) {}

    /**
     * What was done.
     *
     * @param complete whether all could be read, so that nothing else can be left
     */
    record Receipt(String tenantId, List<Line> lines, boolean complete) {

        Receipt {
            lines = List.copyOf(lines);
        }
    }

    static Receipt run(ServerConfig config, TelemetryStore store, String tenantId, boolean pseudonymise) {
        TenantPurge purge = new TenantPurge(config, tenantId);
        LedgerSettings settings = TenantRegistry.ledger(config);
        if (Ledger.exists(settings)) {
            try (Ledger ledger = Ledger.openBeside(settings)) {
                // Its entries say which request ids are the tenant's, and so are changed after they have been asked.
                Instant at = Instant.now();
                purge.telemetry(store, range -> ledger.requestIds(tenantId, range.from(), range.to()));
                purge.ledger(ledger.eraseTenant(tenantId, pseudonymise, at).join());
            }
        } else {
            purge.telemetry(store, RequestIds.NONE);
        }
        purge.logFiles(Ledger.isServed(settings));
        return new Receipt(tenantId, purge.lines, purge.complete);
    }

    private void telemetry(TelemetryStore store, RequestIds known) {
        DeletionReceipt receipt = store.deleteTenant(tenantId, known);
        for (Deletion gone : receipt.deletions()) {
            lines.add(new Line(name(gone), gone.file(), gone.rows(), 0, 0, ""));
        }
        for (Deletion cleared : receipt.cleared()) {
            lines.add(new Line(name(cleared), cleared.file(), 0, cleared.rows(), 0, ""));
        }
        for (String file : receipt.setAside()) {
            lines.add(new Line("unknown", file, 0, 0, 0, "damaged: may hold rows of it; delete the file"));
            complete = false;
        }
    }

    private static String name(Deletion deletion) {
        return deletion.signal().name().toLowerCase(Locale.ROOT);
    }

    private void ledger(TenantErasure erasure) {
        if (erasure.feedback() > 0) {
            lines.add(new Line("feedback", LEDGER_FILE, erasure.feedback(), 0, 0, ""));
        }
        if (erasure.evidenceItems() > 0) {
            lines.add(new Line("incident_evidence", LEDGER_FILE, erasure.evidenceItems(), 0, 0, ""));
        }
        keep(
                "cost_entries",
                erasure.entries(),
                "legal record of what was charged, "
                        + erasure.pseudonym()
                                .map(name -> "now under the name " + name)
                                .orElse("under its name"));
        keep("api_keys", erasure.keys(), "hashes, so that no key is given out twice");
        keep("audit", erasure.auditEntries(), "record of who changed what, never changed itself");
    }

    private void keep(String kind, long rows, String reason) {
        if (rows > 0) {
            lines.add(new Line(kind, LEDGER_FILE, 0, 0, rows, reason));
        }
    }

    private void logFiles(boolean served) {
        LogErasure.run(config.data().resolve("logs"), tenantId)
                .forEach((file, counts) ->
                        lines.add(new Line("log_file", file, counts.deleted(), counts.cleared(), 0, "")));
        if (served) {
            lines.add(new Line(
                    "log_file", "vitrine.json", 0, 0, 0, "DEBUG lines of requests that are still running: run again"));
        }
    }
}
