package io.vitrine.loadtest.workload;

import java.util.List;

/** Content of the requests: a pure function of the conversation's number. */
@FunctionalInterface
public interface RequestSource {

    /** The turns of conversation {@code index}, counted from 0; at least one. */
    List<PlannedRequest> conversation(int index);
}
