/** What a tenant may spend a day and a month: reserved before the work, settled after it. */
@NullMarked
package io.vitrine.tenants.budget;

import org.jspecify.annotations.NullMarked;
