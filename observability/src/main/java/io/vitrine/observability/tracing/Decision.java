package io.vitrine.observability.tracing;

import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;

/** What becomes of a trace. */
sealed interface Decision {

    /** It is kept; {@code ratio} was its chance, all for one that had to be. */
    record Kept(KeepReason reason, SampleRatio ratio) implements Decision {}

    /** It is forgotten. */
    record Dropped(DropReason reason) implements Decision {}
}
