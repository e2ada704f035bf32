package io.vitrine.observability.logging;

import io.vitrine.observability.Archive;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/** Queues no line for an archive that takes none: a line is copied when it is queued. */
final class ArchiveOnFilter extends AbstractFilter {

    private final Archive archive;

    ArchiveOnFilter(Archive archive) {
        this.archive = archive;
    }

    @Override
    public Result filter(LogEvent event) {
        return archive.isOn() ? Result.NEUTRAL : Result.DENY;
    }
}
