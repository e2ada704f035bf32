/**
 * The definition of every metric, and the statistics on them. Pure: values in, values out. All times are monotonic nanoseconds of the client.
 */
@NullMarked
package io.vitrine.loadtest.measure;

import org.jspecify.annotations.NullMarked;
