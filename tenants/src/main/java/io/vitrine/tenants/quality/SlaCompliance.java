package io.vitrine.tenants.quality;

import io.vitrine.tenants.SlaTargets;

/**
 * How a tenant was served over a window, against what it was promised. Shares are from 0 to 1, and 1 where there was no
 * request: who did not ask was not let down. A time that is not promised is always kept.
 *
 * @param ttftShare of all requests, those whose first token came in time; a failed one's did not
 * @param endToEndShare of all requests, those whose last token came in time
 */
public record SlaCompliance(
        SlaTargets targets, long requests, double availability, double ttftShare, double endToEndShare) {

    /** Whether all that was promised was kept. */
    public boolean met() {
        return availability >= targets.availability()
                && ttftShare >= targets.percentile()
                && endToEndShare >= targets.percentile();
    }
}
