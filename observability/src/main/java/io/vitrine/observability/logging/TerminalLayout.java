package io.vitrine.observability.logging;

import java.nio.charset.StandardCharsets;

import io.vitrine.model.text.ShownText;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.StringLayout;
import org.apache.logging.log4j.core.layout.AbstractStringLayout;

/** A line for eyes: what comes from clients and files cannot steer the terminal or begin a line of its own. */
final class TerminalLayout extends AbstractStringLayout {

    private final StringLayout line;

    /** @param line makes the line, without its end */
    TerminalLayout(StringLayout line) {
        super(StandardCharsets.UTF_8);
        this.line = line;
    }

    @Override
    public String toSerializable(LogEvent event) {
        return ShownText.escaped(line.toSerializable(event)) + System.lineSeparator();
    }
}
