/** What a request is charged and what it took of the machine, in exact money. */
@NullMarked
package io.vitrine.tenants.cost;

import org.jspecify.annotations.NullMarked;
