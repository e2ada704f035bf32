/** Alert rules: read from YAML, evaluated on a schedule, exported for Prometheus. */
@NullMarked
package io.vitrine.alerting.rules;

import org.jspecify.annotations.NullMarked;
