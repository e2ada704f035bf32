/** Moving, replacing and deleting files so that a power cut leaves the old state or the new one. The only place that does. */
@NullMarked
package io.vitrine.store.file;

import org.jspecify.annotations.NullMarked;
