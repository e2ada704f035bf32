package io.vitrine.server;

import java.util.stream.Collectors;

import io.vitrine.gpu.GpuHealth;
import io.vitrine.gpu.GpuIdentity;
import io.vitrine.gpu.GpuListener;
import io.vitrine.server.inference.ServingState;

/**
 * Keeps requests away from a model whose GPU is failed or unknown, until it is well again. Liveness does not depend on it: a restart
 * mends no card. On the probe's threads.
 */
final class GpuGuard implements GpuListener {

    private final int index;
    private final ServingState state;

    /** @param index the GPU's place in PCI order */
    GpuGuard(int index, ServingState state) {
        this.index = index;
        this.state = state;
    }

    @Override
    public void healthChanged(GpuIdentity gpu, GpuHealth before, GpuHealth after) {
        if (gpu.index() != index) {
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
