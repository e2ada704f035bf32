package io.vitrine.loadtest.overhead;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WilliamsSquareTest {

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 8, 13, 14})
    void eachArmFollowsEachOtherEquallyOften(int count) {
        List<List<Integer>> sequences = WilliamsSquare.sequences(count);
        int times = count % 2 == 0 ? 1 : 2;
        Map<List<Integer>, Integer> neighbours = new HashMap<>();
        Map<List<Integer>, Integer> positions = new HashMap<>();
        for (List<Integer> sequence : sequences) {
            for (int position = 0; position < count; position++) {
                positions.merge(List.of(position, sequence.get(position)), 1, Integer::sum);
                if (position > 0) {
                    neighbours.merge(List.of(sequence.get(position - 1), sequence.get(position)), 1, Integer::sum);
                }
            }
        }

        assertThat(sequences).hasSize(times * count);
        assertThat(positions).hasSize(count * count).allSatisfy((place, often) -> assertThat(often)
                .isEqualTo(times));
        assertThat(neighbours).hasSize(count * (count - 1)).allSatisfy((pair, often) -> assertThat(often)
                .isEqualTo(times));
    }

    @Test
    void rowsAreWholeSquaresInARandomOrder() {
        List<List<Integer>> rows = WilliamsSquare.rows(4, 8, 7);

        assertThat(new HashSet<>(rows.subList(0, 4))).isEqualTo(new HashSet<>(WilliamsSquare.sequences(4)));
        assertThat(new HashSet<>(rows.subList(4, 8))).isEqualTo(new HashSet<>(WilliamsSquare.sequences(4)));
        assertThat(WilliamsSquare.rows(4, 8, 7)).isEqualTo(rows);
        assertThat(WilliamsSquare.rows(4, 8, 8)).isNotEqualTo(rows);
    }

    @Test
    void refusesASingleArm() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WilliamsSquare.sequences(1))
                .withMessage("an order needs >= 2 arms: 1");
    }

    @Test
    void fullRunHasEveryCombinationOfTheSignals() {
        assertThat(Arm.full())
                .hasSize(14)
                .extracting(Arm::name)
                .startsWith("none", "none_again", "logs", "metrics", "traces", "logs+metrics", "logs+traces")
                .contains("metrics+traces", "signals", "signals+store", "all", "all_dead_exporter");
        assertThat(Arm.quick()).hasSize(8);
        assertThat(Arm.ALL.switches()).containsOnlyKeys(Arm.PARTS).doesNotContainValue(false);
        assertThat(Arm.NONE.switches()).doesNotContainValue(true);
    }
}
