/** One evaluation of everything: from a scrape to changed alerts, due messages and changed error budgets. */
@NullMarked
package io.vitrine.alerting.pipeline;

import org.jspecify.annotations.NullMarked;
