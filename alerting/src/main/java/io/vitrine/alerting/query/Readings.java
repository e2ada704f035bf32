package io.vitrine.alerting.query;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

import io.vitrine.alerting.series.Growth;
import io.vitrine.alerting.series.Points;
import io.vitrine.alerting.series.Series;
import io.vitrine.alerting.series.SeriesStore;

/** What an evaluation reads. */
interface Readings {

    /** Present values of a selector's series. */
    Map<Series, Double> instant(Expression.Selector selector);

    /** A function of each series' window; a series with too few samples has no value. */
    Map<Series, Double> range(Expression.RangeCall call, double argument);

    /** The samples of a store, seen from one time. */
    record Stored(SeriesStore store, long atMillis) implements Readings {

        @Override
        public Map<Series, Double> instant(Expression.Selector selector) {
            return store.instant(selector.metric(), selector.matchers(), end(selector));
        }

        @Override
        public Map<Series, Double> range(Expression.RangeCall call, double argument) {
            long end = end(call.selector());
            Map<Series, Double> result = new LinkedHashMap<>();
            Map<Series, Points> windows =
                    store.window(call.selector().metric(), call.selector().matchers(), end, call.window());
            windows.forEach((series, points) -> {
                OptionalDouble value = call.function().of(points, end, call.window(), argument);
                if (value.isPresent()) {
                    result.put(series, value.getAsDouble());
                }
            });
            return result;
        }

        private long end(Expression.Selector selector) {
            return atMillis - selector.offset().toMillis();
        }
    }

    /** Events since the scrape before: every window is that time, and nothing is extrapolated. */
    record Grown(Growth growth) implements Readings {

        @Override
        public Map<Series, Double> instant(Expression.Selector selector) {
            return growth.values(selector.metric(), selector.matchers());
        }

        @Override
        public Map<Series, Double> range(Expression.RangeCall call, double argument) {
            return growth.growth(call.selector().metric(), call.selector().matchers());
        }
    }
}
