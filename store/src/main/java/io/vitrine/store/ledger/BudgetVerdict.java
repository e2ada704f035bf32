package io.vitrine.store.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be worked on.
 *
 * @param refusedBy the budget that has too little left, or null if the amount is reserved
 * @param remainingBillionths what is left of it, or, when accepted, of the budget with the least left after this reservation;
 *     {@link Long#MAX_VALUE} without any budget
 */
public record BudgetVerdict(@Nullable BudgetPeriod refusedBy, long remainingBillionths) {

    public boolean accepted() {
        return refusedBy == null;
    }
}
