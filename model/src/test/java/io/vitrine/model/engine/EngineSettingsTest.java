package io.vitrine.model.engine;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EngineSettingsTest {

    @Test
    void namesWhatItRefuses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSettings(0, 0, 1, 0, 0, 1))
                .withMessage("slots must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSettings(1, -1, 1, 0, 0, 1))
                .withMessage("queueLimit must be >= 0: -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSettings(1, 0, 0, 0, 0, 1))
                .withMessage("prefillChunk must be >= 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSettings(1, 0, 1, -1, 0, 1))
                .withMessage("draftTokens must be >= 0: -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSettings(1, 0, 1, 0, -1, 1))
                .withMessage("prefixCacheBytes must be >= 0: -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new EngineSettings(1, 0, 1, 0, 0, 0))
                .withMessage("timedStepInterval must be >= 1: 0");
    }
}
