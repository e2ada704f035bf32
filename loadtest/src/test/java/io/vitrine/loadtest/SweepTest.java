package io.vitrine.loadtest;

import java.util.List;

import io.vitrine.loadtest.measure.Check;
import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.report.Report.Counts;
import io.vitrine.loadtest.report.Report.Goodput;
import io.vitrine.loadtest.report.Report.Knee;
import io.vitrine.loadtest.report.Report.Samples;
import io.vitrine.loadtest.report.Report.Series;
import io.vitrine.loadtest.report.Report.Stage;
import io.vitrine.loadtest.report.Report.Throughput;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SweepTest {

    @Test
    void findsTheLastRateThatIsSustained() {
        Knee knee =
                Sweep.knee(10, List.of(stage(5, 5, 0, false, 1), stage(8, 7.8, 0, false, 1), stage(9, 8, 0, false, 1)));

        assertThat(knee.rate()).isEqualTo(8);
        assertThat(knee.nextRate()).isEqualTo(9);
        assertThat(knee.stage()).isEqualTo("8.0");
    }

    /** What comes after the first rate that fails does not count, however well it did. */
    @Test
    void stopsAtTheFirstRateThatIsNot() {
        assertThat(Sweep.knee(10, List.of(stage(5, 5, 0, true, 1), stage(8, 8, 0, false, 1)))
                        .rate())
                .isNull();
        assertThat(Sweep.knee(10, List.of(stage(5, 5, 0, false, 1))).nextRate()).isNull();
    }

    @Test
    void isNotSustainedByDriftFailuresOrMissedObjectives() {
        assertThat(Sweep.sustained(stage(5, 5, 0, false, 0.95))).isTrue();
        assertThat(Sweep.sustained(stage(5, 5, 0, false, 0.85))).isFalse();
        assertThat(Sweep.sustained(stage(5, 5, 1, false, 1))).isFalse();
        assertThat(Sweep.sustained(stage(5, 5, 0, true, 1))).isFalse();
        assertThat(Sweep.sustained(stage(5, 4.7, 0, false, 1))).isFalse();
    }

    private static Stage stage(double offered, double done, long refused, boolean drifts, double attainment) {
        long requests = Math.round(offered * 10);
        return new Stage(
                Double.toString(offered),
                offered,
                null,
                Verdict.VALID,
                List.of(new Check("drift_e2e", drifts ? Verdict.INVALID : Verdict.VALID, "", "", "")),
                new Counts(requests, requests - refused, refused, 0, 0, 0, 0, 0, java.util.Map.of(), 0, 0, 0, 0),
                new Throughput(10, 10, done, 0, 0.0, 0, 0),
                new Goodput(0, 0, 0, attainment, 0, 1, 0, 0),
                List.of(),
                new Series(1, List.of(), List.of()),
                new Samples(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of()));
    }
}
