package io.vitrine.observability;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import io.vitrine.observability.RequestSummary.Tokens;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RequestSummaryTest {

    @Test
    void refusesAnEndBeforeItsStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.COMPLETED, 200, 10, 9, 0, Optional.empty()))
                .withMessage("endNanos must not be before startNanos: 9, 10");
    }

    @Test
    void takesAClockThatWrapsBetweenStartAndEnd() {
        long start = Long.MAX_VALUE - 4;

        RequestSummary summary = summary(Outcome.COMPLETED, 200, start, start + 10, 0, Optional.empty());

        assertThat(summary.durationNanos()).isEqualTo(10);
    }

    @Test
    void refusesAnErrorTypeThatDoesNotGoWithItsOutcome() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.COMPLETED, 200, 0, 1, 0, Optional.of(ErrorType.INTERNAL)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.CANCELLED, 499, 0, 1, 0, Optional.of(ErrorType.INTERNAL)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.REFUSED, 400, 0, 1, 0, Optional.empty()))
                .withMessage("errorType does not go with outcome REFUSED: Optional.empty");
    }

    @Test
    void refusesNumbersOutsideTheirBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.COMPLETED, 99, 0, 1, 0, Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.COMPLETED, 600, 0, 1, 0, Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> summary(Outcome.COMPLETED, 200, 0, 1, -1, Optional.empty()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tokens(-1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Tokens(0, -1, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tokens(3, 0, 4))
                .withMessage("cached must be in [0, 3]: 4");
    }

    private static RequestSummary summary(
            Outcome outcome, int status, long start, long end, int choices, Optional<ErrorType> errorType) {
        return new RequestSummary(
                "id",
                Route.HEALTH,
                Optional.empty(),
                RequestSummary.DEFAULT_TENANT,
                outcome,
                status,
                false,
                start,
                end,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Tokens.NONE,
                choices,
                Optional.empty(),
                errorType,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
