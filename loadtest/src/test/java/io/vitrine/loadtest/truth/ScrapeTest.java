package io.vitrine.loadtest.truth;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScrapeTest {

    private static final String BEFORE = histogram(5, 5, 5);

    private static String histogram(int first, int second, int third) {
        return "# HELP h x\nh_bucket{a=\"1\",le=\"0.1\"} " + first + "\nh_bucket{a=\"1\",le=\"0.5\"} " + second
                + " # {trace_id=\"x\"} 0.3\nh_bucket{a=\"1\",le=\"+Inf\"} " + third + "\nh_count{a=\"1\"} " + third
                + "\n";
    }

    @Test
    void sumsSeriesByLabel() {
        Scrape scrape = Scrape.parse(
                "c_total{a=\"1\",b=\"x y}\"} 2.0\nc_total{a=\"2\",b=\"z\"} 3e2\nplain 7\nc_total_other 9\n");

        assertThat(scrape.sum("c_total")).isEqualTo(302);
        assertThat(scrape.sum("c_total", "a=\"1\"")).isEqualTo(2);
        assertThat(scrape.sum("plain")).isEqualTo(7);
        assertThat(scrape.sum("none")).isZero();
    }

    @Test
    void findsTheBucketOfAQuantileOfWhatCameSince() {
        Scrape before = Scrape.parse(BEFORE);

        Scrape.Range median = Scrape.quantile(before, Scrape.parse(histogram(6, 15, 15)), "h", 0.5);

        assertThat(median.low()).hasValue(0.1);
        assertThat(median.high()).hasValue(0.5);
        assertThat(Scrape.quantile(before, before, "h", 0.5).low()).isEmpty();
    }
}
