package io.vitrine.model.engine;

import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.vitrine.model.engine.EngineFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

/** What the engine itself allocates for a token, beside the model. */
@Timeout(60)
class EngineAllocationTest {

    private static final int SLOTS = 16;
    private static final int TOKENS = 400;
    private static final long MOST_BYTES_A_TOKEN = 300;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aTokenOfARunningSequenceTakesAFewHundredBytes() {
        var settings = new EngineSettings(SLOTS, SLOTS, 64, 0, Long.MAX_VALUE, 8);
        List<RecordingTokenSink> sinks = new ArrayList<>();
        long[] bytes = new long[TOKENS];
        try (var engine = new Engine(new FlatRunner(), settings, EngineListener.NONE, System::nanoTime)) {
            for (int i = 0; i < SLOTS; i++) {
                boolean first = i == 0;
                var sink = new TokenSink() {
                    final RecordingTokenSink end = new RecordingTokenSink();

                    @Override
                    public boolean token(GeneratedToken token) {
                        if (first) {
                            bytes[token.index()] = threads.getCurrentThreadAllocatedBytes();
                        }
                        return true;
                    }

                    @Override
                    public void ended(FinishReason reason, GenerationUsage usage) {
                        end.ended(reason, usage);
                    }
                };
                sinks.add(sink.end);
                engine.submit(request(TOKENS, 1 + i), sink, GenerationListener.NONE);
            }
            sinks.forEach(RecordingTokenSink::awaitEnd);
        }
        // From where everybody runs to where nobody has ended.
        long perToken = (bytes[TOKENS - 50] - bytes[100]) / ((TOKENS - 150L) * SLOTS);
        assertThat(perToken).isPositive().isLessThan(MOST_BYTES_A_TOKEN);
    }

    /** Allocates next to nothing, so that what is left is the engine's. */
    private static final class FlatRunner implements ModelRunner {

        private final FloatBuffer logits = FloatBuffer.allocate(SLOTS * vocabularySize());

        @Override
        public int vocabularySize() {
            return EngineFixture.VOCABULARY;
        }

        @Override
        public int layerCount() {
            return 1;
        }

        @Override
        public int contextLength() {
            return 1024;
        }

        @Override
        public int pagePositions() {
            return 64;
        }

        @Override
        public int pageCount() {
            return SLOTS * 16;
        }

        @Override
        public long pageBytes() {
            return 1024;
        }

        @Override
        public StepResult run(StepPlan plan, boolean timed) {
            return new StepResult(logits, Optional.empty());
        }

        @Override
        public void copyPage(int source, int target, int positions) {}

        @Override
        public void close() {}
    }
}
