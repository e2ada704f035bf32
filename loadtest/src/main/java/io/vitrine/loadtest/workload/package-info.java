/** What is sent when: arrivals, lengths, prompts. A plan is a pure function of its settings and its seed; nothing here asks the time. */
@NullMarked
package io.vitrine.loadtest.workload;

import org.jspecify.annotations.NullMarked;
