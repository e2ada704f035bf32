/**
 * The console as a person sees it: the real server with SmolLM2 and a real Chromium. {@code Browser} drives it,
 * {@code ConsoleServer} is the server. Skipped where Chromium is not installed, except in CI.
 */
@NullMarked
package io.vitrine.server.console;

import org.jspecify.annotations.NullMarked;
