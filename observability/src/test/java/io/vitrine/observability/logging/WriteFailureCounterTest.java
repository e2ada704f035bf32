package io.vitrine.observability.logging;

import java.io.IOException;
import java.io.OutputStream;

import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.OutputStreamAppender;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WriteFailureCounterTest {

    private static final LogEvent LINE =
            Log4jLogEvent.newBuilder().setMessage(new SimpleMessage("line")).build();

    private boolean full;

    @Test
    void countsEachLineThatTheDiskDidNotTakeAndGoesOn() {
        WriteFailureCounter counter = new WriteFailureCounter("counted", appender(), null);

        counter.append(LINE);
        full = true;
        counter.append(LINE);
        counter.append(LINE);
        full = false;
        counter.append(LINE);

        assertThat(counter.count()).isEqualTo(2);
    }

    private OutputStreamAppender appender() {
        OutputStreamAppender appender = OutputStreamAppender.newBuilder()
                .setName("disk")
                .setLayout(PatternLayout.createDefaultLayout(new DefaultConfiguration()))
                .setTarget(disk())
                .build();
        appender.start();
        return appender;
    }

    private OutputStream disk() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                if (full) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }
}
