package io.vitrine.store.telemetry;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.vitrine.store.StoreException;
import io.vitrine.store.StoreException.Reason;
import io.vitrine.store.file.DurableFiles;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Which tenants were deleted when, in a file that every process reads: so rows that a server still held in queues when a command beside it
 * deleted their tenant are not written afterwards.
 *
 * <p>A deletion is recorded before its first row goes, and the writer looks after it has the write lock of the day file. So a transaction
 * is either before the deletion, which then finds its rows, or sees the record.
 *
 * <p>For one thread at a time.
 */
final class Erasures {
    private static final String NAME = "erasures";
    /** Rows of an older time are not written anyway. */
    private static final long KEPT_NANOS = Duration.ofDays(9).toNanos();

    private static final int MOST_LATE_REQUESTS = 10_000;

    private final Path file;
    private @Nullable Object version;
    private Map<String, Long> erasedAt = Map.of();
    /** Of requests that were under way when their tenant was deleted, the latest; steps may still come. */
    private final Set<String> lateRequestIds = new LinkedHashSet<>();

    Erasures(Path directory) {
        this.file = directory.resolve(NAME);
    }

    /** Records that what a tenant did before a time is deleted; old records go. */
    void record(String tenantId, long atEpochNanos) {
        refresh();
        Map<String, Long> next = new HashMap<>(erasedAt);
        next.values().removeIf(at -> at < atEpochNanos - KEPT_NANOS);
        next.put(tenantId, atEpochNanos);
        String lines = next.entrySet().stream()
                .map(entry -> entry.getValue() + " " + URLEncoder.encode(entry.getKey(), UTF_8) + "\n")
                .collect(Collectors.joining());
        try {
            DurableFiles.publish(file, unfinished -> Files.writeString(unfinished, lines));
        } catch (IOException | SQLException e) {
            throw new StoreException(Reason.FAILED, "cannot record the deletion of a tenant: " + e, e);
        }
    }

    /** Reads the file if it has changed; costs a look at its attributes if it has not. */
    void refresh() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            Object found = Map.of("size", now.size(), "time", now.lastModifiedTime(), "key", key(now));
            if (!found.equals(version)) {
                erasedAt = parse(Files.readString(file));
                version = found;
            }
        } catch (NoSuchFileException e) {
            erasedAt = Map.of();
            version = null;
        } catch (IOException e) {
            throw new StoreException(Reason.FAILED, "cannot read which tenants were deleted: " + e, e);
        }
    }

    private static Object key(BasicFileAttributes attributes) {
        Object key = attributes.fileKey();
        return key == null ? "" : key;
    }

    private static Map<String, Long> parse(String lines) {
        return lines.lines()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(part -> URLDecoder.decode(part[1], UTF_8), part -> Long.valueOf(part[0])));
    }

    /** Whether what a tenant's request that began at a time does must not be written any more. */
    boolean covers(String tenantId, long beganEpochNanos) {
        return beganEpochNanos < erasedAt.getOrDefault(tenantId, Long.MIN_VALUE);
    }

    /** Whether a row must not be written. Of a request that was under way at the deletion none may, however late it ends. */
    boolean covers(PendingRow pending) {
        String tenant = pending.row().tenantId();
        return tenant != null
                && covers(
                        tenant,
                        Math.min(pending.beganEpochNanos(), pending.row().atEpochNanos()));
    }

    /** Notes requests whose rows came after their deletion. */
    void addLate(Collection<String> requestIds) {
        lateRequestIds.removeAll(requestIds);
        lateRequestIds.addAll(requestIds);
        Iterator<String> oldest = lateRequestIds.iterator();
        while (lateRequestIds.size() > MOST_LATE_REQUESTS) {
            oldest.next();
            oldest.remove();
        }
    }

    /**
     * A row as it may be written. Steps have ids of requests and no tenants: those of before the last deletion, which are few, since they
     * were all under way when it happened, lose all of them.
     */
    TelemetryRow cleared(TelemetryRow row) {
        if (row instanceof StepRow step) {
            boolean all = step.atEpochNanos() < lastDeletion();
            return all || !lateRequestIds.isEmpty()
                    ? step.withAttributes(
                            RequestIdText.without(step.attributesJson(), id -> all || lateRequestIds.contains(id)))
                    : step;
        }
        return row;
    }

    private long lastDeletion() {
        return erasedAt.values().stream().mapToLong(Long::longValue).max().orElse(Long.MIN_VALUE);
    }
}
