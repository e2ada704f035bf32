/** What is watched: spans, logs, steps, samples, GPU readings. A SQLite file a day, Parquet when the day is over, one way to ask all. */
@NullMarked
package io.vitrine.store.telemetry;

import org.jspecify.annotations.NullMarked;
