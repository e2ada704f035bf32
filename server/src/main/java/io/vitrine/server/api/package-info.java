/** The API's JSON as records, apart from the engine's types, and the reading of requests with an error for every mistake. */
@NullMarked
package io.vitrine.server.api;

import org.jspecify.annotations.NullMarked;
