/** The part of PromQL that rules use: parsed once, evaluated on {@link io.vitrine.alerting.series.SeriesStore}. */
@NullMarked
package io.vitrine.alerting.query;

import org.jspecify.annotations.NullMarked;
