/** How well tenants are served: service levels met, and what people say of the answers. */
@NullMarked
package io.vitrine.tenants.quality;

import org.jspecify.annotations.NullMarked;
