/** Settings: typed records, and {@link io.vitrine.server.config.ConfigReader}, which alone reads files and the environment. */
@NullMarked
package io.vitrine.server.config;

import org.jspecify.annotations.NullMarked;
