/** Service level objectives: what is promised, how fast the error budget burns, and how much of it is left. */
@NullMarked
package io.vitrine.alerting.slo;

import org.jspecify.annotations.NullMarked;
