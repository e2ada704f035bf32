/** Tenants: what each may do, where that is written, and who changed it. Pure: no file, network or clock of its own. */
@NullMarked
package io.vitrine.tenants;

import org.jspecify.annotations.NullMarked;
