package io.vitrine.server.health;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

import io.vitrine.model.engine.Engine;
import io.vitrine.model.engine.EngineProgress;
import io.vitrine.model.engine.EngineProgress.Activity;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.server.config.ServerConfig.HealthConfig;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.server.inference.ServingState;

/** Judges whether the engine makes progress: by how long its step has run, and what such steps usually take. */
final class EngineCheck implements Supplier<ComponentHealth> {

    /**
     * Times what steps of as many tokens usually take. A longer context, other processes and garbage collections stay
     * below it.
     */
    static final int USUAL_FACTOR = 10;

    private static final int STACK_FRAMES = 30;

    private final ServingState state;
    private final HealthConfig limits;
    private final NanoClock clock;

    EngineCheck(ServingState state, HealthConfig limits, NanoClock clock) {
        this.state = state;
        this.limits = limits;
        this.clock = clock;
    }

    @Override
    public ComponentHealth get() {
        Optional<ServedModel> model = state.model();
        return model.isPresent()
                ? check(model.get().engine())
                : new ComponentHealth(Verdict.LOADING, "there is no engine before the model is loaded");
    }

    private ComponentHealth check(Engine engine) {
        if (!engine.healthy()) {
            return new ComponentHealth(
                    Verdict.DEAD,
                    "the engine has stopped after a failure: "
                            + engine.failure().map(String::valueOf).orElse("unknown"));
        }
        if (!engine.threadAlive()) {
            return state.draining()
                    ? new ComponentHealth(Verdict.DRAINING, "the engine thread has ended with the server")
                    : new ComponentHealth(Verdict.DEAD, "the engine thread has ended without reporting a failure");
        }
        EngineProgress progress = engine.progress();
        return progress.activity() == Activity.IDLE
                ? new ComponentHealth(Verdict.IDLE, "no request is inside")
                : inStep(engine, progress, clock.nanoTime());
    }

    private ComponentHealth inStep(Engine engine, EngineProgress progress, long nowNanos) {
        long stepNanos = progress.stepNanos(nowNanos);
        long limitNanos = limitNanos(progress.usualNanos());
        String step = "step " + progress.stepIndex() + " (" + progress.stepTokens() + " tokens) has run for "
                + words(stepNanos);
        if (stepNanos < limitNanos) {
            return new ComponentHealth(Verdict.BUSY, step);
        }
        return stuck(
                engine,
                progress.activity() == Activity.MODEL ? Verdict.STUCK_CALL : Verdict.WEDGED,
                step + ", " + where(progress.activity()) + " for " + words(nowNanos - progress.sinceNanos())
                        + "; the limit for such a step is " + words(limitNanos));
    }

    /** Until a step has ended nothing is known of how fast model and machine are. */
    private long limitNanos(OptionalLong usualNanos) {
        return usualNanos.isEmpty()
                ? limits.firstStepLimit().toNanos()
                : Math.max(limits.stepLimit().toNanos(), USUAL_FACTOR * usualNanos.getAsLong());
    }

    private static String where(Activity activity) {
        return switch (activity) {
            case IDLE -> "between steps";
            case PLANNING -> "in planning";
            case MODEL -> "in a call of the model";
            case DELIVERY -> "in sampling and delivery of tokens";
        };
    }

    private static ComponentHealth stuck(Engine engine, Verdict verdict, String reason) {
        List<String> stack = engine.stack().stream()
                .limit(STACK_FRAMES)
                .map(StackTraceElement::toString)
                .toList();
        return new ComponentHealth(verdict, reason, stack);
    }

    private static String words(long nanos) {
        return Duration.ofNanos(nanos).toMillis() + " ms";
    }
}
