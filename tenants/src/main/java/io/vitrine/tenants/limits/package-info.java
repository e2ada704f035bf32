/** How much a tenant may ask for at a time and a minute, and how long who is refused should wait. */
@NullMarked
package io.vitrine.tenants.limits;

import org.jspecify.annotations.NullMarked;
