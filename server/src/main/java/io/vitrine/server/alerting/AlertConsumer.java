package io.vitrine.server.alerting;

import java.util.List;

import io.vitrine.alerting.rules.Alert;
import io.vitrine.store.ledger.LedgerChange;

/**
 * Takes part in an evaluation: what it writes is committed together with the alerts' states. Evaluation thread only.
 */
public interface AlertConsumer {

    /**
     * Takes the alerts whose state has changed.
     *
     * @return its writes for the same transaction; they are applied again if the transaction fails, so they must be
     *      repeatable
     */
    List<LedgerChange> changed(List<Alert> changes, long atMillis);

    /** Called after the transaction with its last writes is durable. */
    void committed();
}
