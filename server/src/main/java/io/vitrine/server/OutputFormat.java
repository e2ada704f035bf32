package io.vitrine.server;

/** How a command shows what it found. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs. */
    JSON
}
