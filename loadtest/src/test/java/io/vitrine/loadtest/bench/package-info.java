/** What the client itself can do; run by hand, see docs/load.md. */
@NullMarked
package io.vitrine.loadtest.bench;

import org.jspecify.annotations.NullMarked;
