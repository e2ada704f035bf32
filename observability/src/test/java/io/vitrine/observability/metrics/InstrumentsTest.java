package io.vitrine.observability.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vitrine.observability.catalogue.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class InstrumentsTest {

    private final Instruments instruments = new Instruments(new SimpleMeterRegistry());

    @Test
    void refusesALabelValueThatTheCatalogueDoesNotAllow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> instruments.counter(Meters.GENERATIONS, "m", "because I say so"))
                .withMessageContaining("vitrine.generations: finish_reason must be one of")
                .withMessageEndingWith("because I say so");
    }

    @Test
    void refusesAnotherNumberOfLabels() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> instruments.counter(Meters.GENERATIONS, "m"))
                .withMessage("vitrine.generations has 2 labels, not 1");
    }

    @Test
    void givesTheSameMeterForTheSameLabels() {
        instruments.counter(Meters.INPUT_TOKENS, "m").increment(2);

        assertThat(instruments.counter(Meters.INPUT_TOKENS, "m").count()).isEqualTo(2);
        assertThat(instruments.counter(Meters.INPUT_TOKENS, "n").count()).isZero();
    }
}
