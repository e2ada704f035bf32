package io.vitrine.observability.logging;

import java.util.Optional;

import io.vitrine.observability.Archive;
import io.vitrine.observability.catalogue.LogField;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/** Keeps lines out of the file whose tenant was deleted while they were queued, or while their request was under way. */
final class ErasedLineFilter extends AbstractFilter {

    private final Archive archive;

    ErasedLineFilter(Archive archive) {
        this.archive = archive;
    }

    @Override
    public Result filter(LogEvent event) {
        return event.getMessage() instanceof EventMessage message && isErased(event, message)
                ? Result.DENY
                : Result.NEUTRAL;
    }

    private boolean isErased(LogEvent event, EventMessage message) {
        Optional<String> tenant = message.text(LogField.TENANT_ID);
        return tenant.isPresent()
                && archive.isErased(
                        tenant.get(), ArchiveAppender.logged(event, message).beganEpochNanos());
    }
}
