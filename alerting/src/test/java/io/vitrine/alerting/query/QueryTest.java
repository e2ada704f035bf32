package io.vitrine.alerting.query;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import io.vitrine.alerting.series.Sample;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class QueryTest {

    private final SeriesStore store = new SeriesStore(Duration.ofHours(1), 10);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|a metric, function, number or '(' is missing at position 1",
                "sum(|is missing at position 5",
                "x[5m]|a window is for functions such as rate only",
                "rate(x)|'[' is missing",
                "rate(x[0s])|longer than nothing",
                "topk(3, x)|the function topk is not supported",
                "x{a}|=, !=, =~ or !~ is missing",
                "x{a=~\"(\"}|the regular expression of a cannot be read",
                "x{a=\"b}|a text is not closed",
                "x y|not understood: 'y'",
                "a * on (b) group_left c|group_left and group_right are not supported",
            })
    void namesWhatItCannotRead(String expression, String message) {
        assertThatThrownBy(() -> Query.parse(expression == null ? "" : expression))
                .isInstanceOf(QueryException.class)
                .hasMessageContaining(message);
    }

    @Test
    void rejectsDeepNesting() {
        assertThatThrownBy(() -> Query.parse("(".repeat(4_000) + "1" + ")".repeat(4_000)))
                .hasMessageContaining("nested more than 50 deep");
        assertThatThrownBy(() -> Query.parse("-".repeat(9_000) + "1")).hasMessageContaining("nested more than 50 deep");
    }

    @Test
    void knowsWhatItReadsAndHowFarBack() {
        Query query = Query.parse("sum(rate(a_total[6h] offset 1d)) / b > 3");

        assertThat(query.metrics()).containsExactlyInAnyOrder("a_total", "b");
        assertThat(query.reach()).isEqualTo(Duration.ofHours(30).plus(SeriesStore.LOOKBACK));
    }

    @Test
    void forgetsASeriesThatAScrapeMissed() {
        Series series = Series.of("x", Map.of());
        store.append(1_000, List.of(new Sample(series, 1)));
        assertThat(Query.parse("x").evaluate(store, 1_000)).hasSize(1);

        store.append(2_000, List.of());

        assertThat(Query.parse("x").evaluate(store, 2_000)).isEmpty();
        assertThat(Query.parse("absent(x)").evaluate(store, 2_000)).hasSize(1);
    }

    @Test
    void boundsSeriesAndCountsTheRest() {
        for (int scrape = 1; scrape <= 3; scrape++) {
            store.append(
                    scrape * 1_000L,
                    java.util.stream.IntStream.range(0, 15)
                            .mapToObj(index -> new Sample(Series.of("x", Map.of("i", "" + index)), index))
                            .toList());
        }

        assertThat(store.seriesCount()).isEqualTo(10);
        assertThat(store.refusedSeries()).isEqualTo(15);
    }

    @Test
    void dropsWhatNoWindowReaches() {
        Series old = Series.of("old", Map.of());
        store.append(1_000, List.of(new Sample(old, 1)));
        store.append(Duration.ofHours(2).toMillis(), List.of());

        assertThat(store.seriesCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sum(a)|[]",
                "sum by (model, le) (rate(a[5m]))|[le, model]",
                "histogram_quantile(0.9, sum by (model, le) (rate(a[5m])))|[model]",
                "sum by (a) (x) / sum by (b) (y)|[a, b]",
                "sum by (a) (x) and on () sum by (b) (y)|[a]",
                "sum by (a) (x) or vector(0)|[a]",
                "max without (a) (sum by (a, b) (x)) * 2|[b]",
                "abs(x)|unknown",
                "sum(a) + x|unknown",
                "max without (a) (x)|unknown",
            })
    void knowsTheLabelsOfItsResults(String query, String labels) {
        assertThat(Query.parse(query)
                        .labels()
                        .map(all -> new TreeSet<>(all).toString())
                        .orElse("unknown"))
                .isEqualTo(labels);
    }

    @Test
    void countsTheFirstEventOfANewCounter() {
        Series counter = Series.of("faults_total", Map.of("kind", "a"));
        Series gauge = Series.of("heat", Map.of());
        store.append(15_000, List.of());
        for (long at = 30_000; at <= 60_000; at += 15_000) {
            store.append(at, List.of(new Sample(counter, 1), new Sample(gauge, 1)));
        }

        assertThat(Query.parse("sum(increase(faults_total[1m])) > 0").evaluate(store, 60_000))
                .hasSize(1);
        assertThat(Query.parse("delta(heat[1m])").evaluate(store, 60_000).values())
                .as("a gauge need not have been 0")
                .containsExactly(0.0);
    }
}
