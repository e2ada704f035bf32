/** Samples of the metrics that rules and objectives read, in memory, for as long as the longest window. */
@NullMarked
package io.vitrine.alerting.series;

import org.jspecify.annotations.NullMarked;
