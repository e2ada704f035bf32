package io.vitrine.server.live;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import io.vitrine.server.live.LiveFeed.Batch;
import io.vitrine.server.live.LiveFeed.LiveEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LiveFeedTest {

    private static final Set<LiveTopic> BOTH = EnumSet.of(LiveTopic.LOGS, LiveTopic.STEPS);

    private final LiveFeed feed = new LiveFeed(16);

    private void publish(LiveTopic topic, int from, int to) {
        IntStream.range(from, to).forEach(number -> feed.publish(topic, null, number));
    }

    private static List<Object> contents(Batch batch) {
        return batch.events().stream().map(LiveEvent::content).toList();
    }

    @Test
    void givesEventsOfAllTopicsInOrderOnce() {
        LivePosition position = feed.end();
        feed.publish(LiveTopic.LOGS, null, "a");
        feed.publish(LiveTopic.STEPS, null, "b");
        feed.publish(LiveTopic.OVERVIEW, null, "not wanted");
        feed.publish(LiveTopic.LOGS, null, "c");

        assertThat(contents(feed.read(position, BOTH, event -> true, 10))).containsExactly("a", "b", "c");
        assertThat(feed.read(position, BOTH, event -> true, 10).events()).isEmpty();
    }

    @Test
    void aReaderComesBackWithoutGapOrDouble() {
        LivePosition position = feed.end();
        List<Object> seen = new ArrayList<>();
        String last = position.toString();
        for (int round = 0; round < 50; round++) {
            publish(LiveTopic.LOGS, 10 * round, 10 * round + 6);
            publish(LiveTopic.STEPS, 10 * round + 6, 10 * round + 10);
            // The connection breaks after some of the events of a batch.
            LivePosition reconnected = feed.after(last).orElseThrow();
            Batch batch = feed.read(reconnected, BOTH, event -> true, 7);
            assertThat(batch.lost()).isZero();
            int received = 1 + round % batch.events().size();
            seen.addAll(contents(batch).subList(0, received));
            last = batch.ids().get(received - 1);
            Batch rest = feed.read(feed.after(last).orElseThrow(), BOTH, event -> true, 100);
            seen.addAll(contents(rest));
            last = rest.ids().isEmpty() ? last : rest.ids().get(rest.ids().size() - 1);
        }
        assertThat(seen).isEqualTo(IntStream.range(0, 500).boxed().toList());
    }

    @Test
    void saysExactlyHowManyEventsASlowReaderLost() {
        LivePosition position = feed.end();
        publish(LiveTopic.LOGS, 0, 116);
        publish(LiveTopic.STEPS, 0, 5);

        Batch batch = feed.read(position, BOTH, event -> true, 100);

        assertThat(batch.lost()).isEqualTo(100);
        assertThat(batch.events()).hasSize(21);
        assertThat(feed.read(position, BOTH, event -> true, 100).lost()).isZero();
    }

    @Test
    void passesOverWhatIsNotWanted() {
        LivePosition position = feed.end();
        publish(LiveTopic.LOGS, 0, 9);

        assertThat(contents(feed.read(position, BOTH, event -> (int) event.content() % 4 == 0, 100)))
                .containsExactly(0, 4, 8);
        assertThat(feed.read(position, BOTH, event -> true, 100).events()).isEmpty();
    }

    @Test
    void refusesIdsThatAreNotItsOwn() {
        assertThat(feed.after("")).isEmpty();
        assertThat(feed.after("deadbeef-0.0.0.0.0")).isEmpty();
        assertThat(feed.after(feed.boot() + "-0.0.0")).isEmpty();
        assertThat(feed.after(feed.boot() + "-0.0.0.0.9999999999999999999999")).isEmpty();
        publish(LiveTopic.LOGS, 0, 3);
        LivePosition future = feed.after(feed.boot() + "-99.99.99.99.99").orElseThrow();
        assertThat(feed.read(future, BOTH, event -> true, 10).events()).isEmpty();
        publish(LiveTopic.LOGS, 3, 4);
        assertThat(contents(feed.read(future, BOTH, event -> true, 10))).containsExactly(3);
    }
}
