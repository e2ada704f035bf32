package io.vitrine.observability.logging;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

import io.vitrine.observability.InferenceEnd;
import io.vitrine.observability.InferenceStart;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.RequestSummary;

/** Knows which requests a GPU works for, so that those can be named when it fails. Any thread. */
final class RequestsOnGpu implements RequestListener {

    /** More would make a line of no use. */
    private static final int MOST_NAMED = 100;

    private final Set<String> ids = new ConcurrentSkipListSet<>();

    @Override
    public void inferenceStarted(InferenceStart inference) {
        if (inference.gpuId().isPresent()) {
            ids.add(inference.request().requestId());
        }
    }

    @Override
    public void inferenceCompleted(InferenceEnd inference) {
        ids.remove(inference.start().request().requestId());
    }

    @Override
    public void ended(RequestSummary summary) {}

    /** Their ids, with commas between; empty if there are none. */
    String ids() {
        return String.join(",", idList());
    }

    /** The same as a list. */
    List<String> idList() {
        return ids.stream().limit(MOST_NAMED).toList();
    }
}
