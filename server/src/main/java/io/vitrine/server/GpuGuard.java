package io.vitrine.server;

import java.util.stream.Collectors;

import io.vitrine.gpu.CudaGpu;
import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.server.inference.ServingState;

/**
 * Keeps requests away from a model whose GPU is failed or unknown, until it is well again. Liveness does not depend on it: a restart
 * mends no card. On the probe's threads.
 */
final class GpuGuard implements GpuListener {

    private final CudaGpu card;
    private final ServingState state;

    /** @param card the model's */
    GpuGuard(CudaGpu card, ServingState state) {
        this.card = card;
        this.state = state;
    }

    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        if (!card.is(gpu)) {
            return;
        }
        if (after.state().usable()) {
            state.gpuUsable();
        } else {
            state.gpuUnusable(
                    after.reasons().stream().map(reason -> reason.detail()).collect(Collectors.joining("; ")));
        }
    }
}
