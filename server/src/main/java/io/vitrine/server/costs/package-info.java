/** What the ledger adds up to, for operators: by command and by API. */
@NullMarked
package io.vitrine.server.costs;

import org.jspecify.annotations.NullMarked;
