/**
 * What happens now, for the console: events of bounded rings that any number of readers follow at their own pace, and a reading of the
 * most important meters each second. Knows no HTTP.
 *
 * <p>A reader keeps a position in each topic. A reader that is slow loses the oldest events of a topic and learns how many; one that
 * comes back with its last position goes on there without a gap and without a double. Nothing is kept for a single reader, so a
 * reader that stops reading costs nothing.
 */
@NullMarked
package io.vitrine.server.live;

import org.jspecify.annotations.NullMarked;
