/** From an API request to the engine and back: prompts, limits, the running answers, and their JSON. No HTTP. */
@NullMarked
package io.vitrine.server.inference;

import org.jspecify.annotations.NullMarked;
