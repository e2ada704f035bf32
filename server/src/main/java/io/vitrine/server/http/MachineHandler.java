package io.vitrine.server.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vitrine.gpu.advice.CapacityHistory;
import io.vitrine.server.api.ApiException;
import io.vitrine.server.machine.MachineView;

/** Shows operators the machine, and what its last hours advise. It may read files of the kernel: on a worker. */
final class MachineHandler {

    static final String GPU_PATH = "/api/gpu";
    static final String CAPACITY_PATH = "/api/capacity";
    static final String PROCESS_PATH = "/api/process";

    private static final long MOST_HOURS = CapacityHistory.LONGEST.toHours();

    private final Vertx vertx;
    private final MachineView machine;

    MachineHandler(Vertx vertx, MachineView machine) {
        this.vertx = vertx;
        this.machine = machine;
    }

    /** Samples the machine for as long as the verticle lives. */
    void startSampling() {
        vertx.setPeriodic(
                MachineView.SAMPLE_INTERVAL.toMillis(),
                timer -> vertx.executeBlocking(
                        () -> {
                            machine.sample();
                            return true;
                        },
                        false));
    }

    void showGpus(RoutingContext context) {
        answer(context, machine::now);
    }

    void showProcess(RoutingContext context) {
        answer(context, machine::processUse);
    }

    /** Query {@code hours}: how far to look back, 1 to 24. */
    void showCapacity(RoutingContext context) {
        Duration window = Duration.ofHours(hours(context.queryParam("hours")));
        answer(context, () -> machine.capacity(window));
    }

    private static long hours(List<String> given) {
        if (given.isEmpty()) {
            return MOST_HOURS;
        }
        String text = given.get(given.size() - 1);
        // Two digits at most: nothing that would not be a number.
        long hours = text.matches("[0-9]{1,2}") ? Long.parseLong(text) : 0;
        if (hours < 1 || hours > MOST_HOURS) {
            throw ApiException.invalid("hours", "hours must be a whole number from 1 to " + MOST_HOURS + ": " + text);
        }
        return hours;
    }

    private void answer(RoutingContext context, Callable<Map<String, Object>> what) {
        vertx.executeBlocking(what, false)
                .onSuccess(object -> Responses.json(context.response(), 200, object))
                .onFailure(context::fail);
    }
}
