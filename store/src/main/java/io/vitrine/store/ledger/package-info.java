/** What must not be lost: what each request cost, tenants, keys and who changed them. One SQLite file, durable before the answer. */
@NullMarked
package io.vitrine.store.ledger;

import org.jspecify.annotations.NullMarked;
