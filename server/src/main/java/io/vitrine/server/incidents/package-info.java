/**
 * Incidents of a running server: stored in the ledger, opened by alerts or by hand, with evidence that is collected at
 * the opening. The rules (states, merging, post-mortem) are the module {@code alerting}'s.
 */
@NullMarked
package io.vitrine.server.incidents;

import org.jspecify.annotations.NullMarked;
