package io.vitrine.server;

import java.util.Objects;

/** Which Vitrine this is. */
final class Version {

    private static final String FROM_SOURCES = "development";

    private Version() {}

    /** From the jar's manifest. */
    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), FROM_SOURCES);
    }
}
