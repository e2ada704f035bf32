package io.vitrine.server.inference;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.vitrine.server.api.ApiException;
import io.vitrine.server.api.ErrorReason;
import org.jspecify.annotations.Nullable;

/** Whether requests can be answered, and by which model: loading, then ready, then draining. Any thread. */
public final class ServingState {

    private final AtomicReference<@Nullable ServedModel> model = new AtomicReference<>();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final AtomicReference<@Nullable String> gpuFault = new AtomicReference<>();

    /** Requests are answered by {@code loaded} from now on. */
    public void ready(ServedModel loaded) {
        model.set(loaded);
    }

    /** New requests are refused from now on. */
    public void drain() {
        draining.set(true);
    }

    /** The GPU that the model runs on cannot be relied on: new requests are refused from now on, those inside go on while they can. */
    public void gpuUnusable(String why) {
        gpuFault.set(why);
    }

    /** It can again. */
    public void gpuUsable() {
        gpuFault.set(null);
    }

    /** Why nothing can be answered now; empty if it can. */
    public Optional<ApiException> unavailability() {
        ServedModel served = model.get();
        if (draining.get()) {
            return unavailable(ErrorReason.DRAINING, "the server is stopping");
        }
        if (served == null) {
            return unavailable(ErrorReason.LOADING, "the model is still loading");
        }
        if (!served.engine().healthy()) {
            return unavailable(ErrorReason.ENGINE_STOPPED, "the engine has stopped after a failure");
        }
        String fault = gpuFault.get();
        if (fault != null) {
            return unavailable(ErrorReason.GPU_UNUSABLE, "the model's GPU cannot be used: " + fault);
        }
        return Optional.empty();
    }

    /**
     * The model that answers.
     *
     * @throws ApiException if none does now
     */
    public ServedModel requireModel() {
        unavailability().ifPresent(error -> {
            throw error;
        });
        ServedModel served = model.get();
        if (served == null) {
            throw new IllegalStateException("available without a model");
        }
        return served;
    }

    /** Whether the server is stopping. */
    public boolean draining() {
        return draining.get();
    }

    /** Why the GPU that the model runs on cannot be relied on; empty if it can, or there is none. */
    public Optional<String> gpuFault() {
        return Optional.ofNullable(gpuFault.get());
    }

    /** The model, whether or not it answers now; empty while it loads. */
    public Optional<ServedModel> model() {
        return Optional.ofNullable(model.get());
    }

    private static Optional<ApiException> unavailable(ErrorReason reason, String message) {
        return Optional.of(new ApiException(reason, message));
    }
}
