package io.vitrine.observability.otlp;

import io.vitrine.observability.LifecycleListener;
import org.jspecify.annotations.Nullable;

/** Where news of collectors go: to a listener that is known only after the exporters are made. Any thread. */
public final class CollectorEvents {

    private volatile @Nullable LifecycleListener listener;

    /** From now on. */
    public void attach(LifecycleListener attached) {
        listener = attached;
    }

    @Nullable
    LifecycleListener listenerOrNull() {
        return listener;
    }
}
