package io.vitrine.observability.tracing;

import java.util.Optional;

import io.vitrine.observability.catalogue.DropReason;
import io.vitrine.observability.catalogue.KeepReason;

/** What becomes of a trace. */
sealed interface Decision {

    /** It is kept; {@code ratio} was its chance, all for one that had to be, and empty if only its caller knows and does not say. */
    record Kept(KeepReason reason, Optional<SampleRatio> ratio) implements Decision {}

    /** It is forgotten. */
    record Dropped(DropReason reason) implements Decision {}
}
