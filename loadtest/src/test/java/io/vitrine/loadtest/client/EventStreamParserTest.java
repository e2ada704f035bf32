package io.vitrine.loadtest.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EventStreamParserTest {

    private static final String STREAM =
            ": comment\n\ndata: {\"a\":1}\r\n\r\nevent: x\rdata:b\rdata: c\r\rid: 7\n\ndata: é€\n\ndata: [DONE]\n\n";

    @Test
    void readsEventsCutAnywhere() {
        byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
        for (int size = 1; size <= bytes.length; size++) {
            assertThat(events(bytes, size)).containsExactly("{\"a\":1}", "b\nc", "é€", "[DONE]");
        }
    }

    private static List<String> events(byte[] bytes, int size) {
        List<String> events = new ArrayList<>();
        EventStreamParser parser = new EventStreamParser(
                (data, length) -> events.add(new String(data, 0, length, StandardCharsets.UTF_8)));
        for (int from = 0; from < bytes.length; from += size) {
            parser.accept(java.util.Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
        }
        return events;
    }

    @Test
    void readsLongLines() {
        String text = "x".repeat(100_000);

        assertThat(events(("data: " + text + "\n\n").getBytes(StandardCharsets.UTF_8), 1500))
                .containsExactly(text);
    }

    @Test
    void leavesOutAnEventThatDoesNotEnd() {
        assertThat(events("data: a\n\ndata: b\n".getBytes(StandardCharsets.UTF_8), 3))
                .containsExactly("a");
    }
}
