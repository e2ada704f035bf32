/** The embedded store, with no server to run beside it: what must not be lost in the ledger, what is watched in tiers of day files. */
@NullMarked
package io.vitrine.store;

import org.jspecify.annotations.NullMarked;
