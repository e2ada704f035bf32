package io.vitrine.server.incidents;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.store.StoreException;

/**
 * Collects evidence, each item on a worker of its own and within its own time: a part of the server that hangs costs
 * its own item, now and at the next incident. An item is stored as soon as it is there.
 */
final class EvidenceCollector {

    /** Longer than any item may take: only keeps Vert.x from warning of it. */
    private static final long LONGEST_MINUTES = 10;

    private final List<EvidenceSource> sources;
    private final WorkerExecutor workers;
    private final Duration timeout;
    private final IncidentRegister register;
    private final InstantSource clock;
    private final Map<String, AtomicBoolean> busy = new ConcurrentHashMap<>();

    EvidenceCollector(
            Vertx vertx,
            List<EvidenceSource> sources,
            Duration timeout,
            IncidentRegister register,
            InstantSource clock) {
        this.sources = sources;
        // A worker for each source: those that hang leave the others theirs.
        this.workers =
                vertx.createSharedWorkerExecutor("vitrine-evidence", sources.size(), LONGEST_MINUTES, TimeUnit.MINUTES);
        this.timeout = timeout;
        this.register = register;
        this.clock = clock;
    }

    /** Collects and stores every item; completes with their list, or fails if one cannot be stored. */
    Future<List<EvidenceItem>> collect(EvidenceRequest request) {
        List<Future<EvidenceItem>> items =
                sources.stream().map(source -> item(source, request)).toList();
        return Future.join(items).map(all -> items.stream().map(Future::result).toList());
    }

    private Future<EvidenceItem> item(EvidenceSource source, EvidenceRequest request) {
        return content(source, request)
                .recover(failure -> Future.succeededFuture(EvidenceContent.missing(reason(failure))))
                .map(content -> bounded(content, request.maxBytes()))
                .compose(content -> save(source, request, content));
    }

    private Future<EvidenceContent> content(EvidenceSource source, EvidenceRequest request) {
        AtomicBoolean collecting = busy.computeIfAbsent(source.name(), unknown -> new AtomicBoolean());
        if (!collecting.compareAndSet(false, true)) {
            return Future.succeededFuture(
                    EvidenceContent.missing("an earlier collection of this item has not returned"));
        }
        return workers.executeBlocking(() -> source.collector().collect(request), false)
                .onComplete(done -> collecting.set(false))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Class only, as a message may quote a request; the store's own messages name files and limits. */
    private String reason(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "not there after " + timeout.toMillis() + " ms (incidents.item-timeout)";
        }
        return failure instanceof StoreException
                ? "failed: " + failure.getMessage()
                : "failed: " + failure.getClass().getName();
    }

    private static EvidenceContent bounded(EvidenceContent content, int maxBytes) {
        int bytes = content.bytes().length;
        return bytes <= maxBytes
                ? content
                : EvidenceContent.missing(bytes + " bytes are more than " + maxBytes + " (incidents.item-bytes)");
    }

    private Future<EvidenceItem> save(EvidenceSource source, EvidenceRequest request, EvidenceContent content) {
        byte[] bytes = content.bytes();
        EvidenceItem item =
                new EvidenceItem(source.name(), source.mediaType(), clock.millis(), bytes.length, content.note());
        return Future.fromCompletionStage(
                        register.save(request.incident().id(), item, bytes.length == 0 ? null : bytes))
                .map(saved -> item);
    }
}
