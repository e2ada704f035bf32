/** API keys: how they look, how they are kept, and whether one is good for what is asked. */
@NullMarked
package io.vitrine.tenants.keys;

import org.jspecify.annotations.NullMarked;
