package io.vitrine.alerting.yaml;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NearestTest {

    @ParameterizedTest
    @CsvSource({"'', '', 0", "'', abc, 3", "abc, '', 3", "kitten, sitting, 3", "flaw, lawn, 2", "same, same, 0"})
    void countsInsertionsDeletionsAndReplacements(String from, String to, int expected) {
        assertThat(Nearest.distance(from, to)).isEqualTo(expected);
    }
}
