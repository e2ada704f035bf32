/**
 * Where the processor's time goes: samples of Java Flight Recorder, streamed in process for some seconds, as flame graphs by the role of
 * threads. Off until somebody asks; nothing is written to disk but the JVM's own ring of chunks. Knows no HTTP.
 */
@NullMarked
package io.vitrine.server.profile;

import org.jspecify.annotations.NullMarked;
