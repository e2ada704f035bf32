/** SQLite and DuckDB as the store uses them: opening, migrating, one writing thread, columns. For the store's own packages only. */
@NullMarked
package io.vitrine.store.sql;

import org.jspecify.annotations.NullMarked;
