/** Vert.x: verticles, routes, bodies in, answers and events out. Handlers contain no telemetry calls. */
@NullMarked
package io.vitrine.server.http;

import org.jspecify.annotations.NullMarked;
