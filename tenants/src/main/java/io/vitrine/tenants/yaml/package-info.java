/** YAML read strictly, with errors that say where and what. */
@NullMarked
package io.vitrine.tenants.yaml;

import org.jspecify.annotations.NullMarked;
