package io.vitrine.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.vertx.core.Vertx;
import io.vitrine.observability.LifecycleListener;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.tenancy.Tenancy;

/**
 * Does what tenancy needs now and then, on Vert.x's workers: each second a look at what commands beside the server have changed,
 * every five how well tenants are served, each minute the rest. A command needs no key and no running server this way, and a key that it revokes is good for a second
 * more at most; one that is revoked by the management port is not good from the moment of the answer.
 */
final class TenancyUpkeep {

    private static final long FOLLOW_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long SHOW_MILLIS = TimeUnit.SECONDS.toMillis(5);
    private static final long TIDY_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final Vertx vertx;
    private final LifecycleListener events;

    private TenancyUpkeep(Vertx vertx, LifecycleListener events) {
        this.vertx = vertx;
        this.events = events;
    }

    /** Until Vert.x is closed. */
    static void start(Vertx vertx, Tenancy tenancy, Telemetry telemetry) {
        TenancyUpkeep upkeep = new TenancyUpkeep(vertx, telemetry.events());
        upkeep.every(FOLLOW_MILLIS, tenancy::followChanges);
        upkeep.every(SHOW_MILLIS, () -> telemetry.measured(tenancy.quality().now()));
        upkeep.every(TIDY_MILLIS, tenancy::tidy);
    }

    /** Not again while the time before is still at it. */
    private void every(long millis, Runnable work) {
        AtomicBoolean busy = new AtomicBoolean();
        vertx.setPeriodic(millis, timer -> {
            if (busy.compareAndSet(false, true)) {
                vertx.executeBlocking(
                                () -> {
                                    work.run();
                                    return true;
                                },
                                false)
                        .onFailure(cause -> events.faulted("tenants", cause))
                        .onComplete(done -> busy.set(false));
            }
        });
    }
}
