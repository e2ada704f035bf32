/** What a run says: its numbers as records, and these as text, JSON, CSV and one HTML file. */
@NullMarked
package io.vitrine.loadtest.report;

import org.jspecify.annotations.NullMarked;
