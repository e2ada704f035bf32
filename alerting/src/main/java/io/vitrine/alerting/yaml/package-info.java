/** What the readers of YAML share. */
@NullMarked
package io.vitrine.alerting.yaml;

import org.jspecify.annotations.NullMarked;
