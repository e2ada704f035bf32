package io.vitrine.observability.metrics;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TopTenantsTest {

    private final List<String> left = new ArrayList<>();
    private final TopTenants top = new TopTenants(2, left::add);

    @Test
    void givesTheFirstTenantsALabelOfTheirOwnAndTheRestOne() {
        assertThat(top.label("a")).isEqualTo("a");
        assertThat(top.label("b")).isEqualTo("b");
        assertThat(top.label("c")).isEqualTo(TopTenants.OTHER);
        assertThat(top.label("a")).isEqualTo("a");
        assertThat(left).isEmpty();
    }

    @Test
    void givesThePlaceOfTheLeastBusyToOneThatIsTwiceAsBusy() {
        requests("a", 10);
        requests("b", 3);
        requests("c", 5);
        assertThat(left).isEmpty();

        assertThat(top.label("c")).isEqualTo("c");

        assertThat(left).containsExactly("b");
        assertThat(top.label("b")).isEqualTo(TopTenants.OTHER);
    }

    @Test
    void neverHasMoreLabelsThanItMayAndChangesThemSeldom() {
        for (int round = 0; round < 20; round++) {
            for (int tenant = 0; tenant < 1_000; tenant++) {
                top.label("tenant-" + tenant);
            }
        }

        List<String> labels = java.util.stream.IntStream.range(0, 1_000)
                .mapToObj(tenant -> top.label("tenant-" + tenant))
                .distinct()
                .toList();
        assertThat(labels).hasSize(3).contains(TopTenants.OTHER);
        assertThat(left)
                .as("changes of place in 21 000 requests, all equally busy")
                .isEmpty();
    }

    private void requests(String tenant, int count) {
        for (int i = 0; i < count; i++) {
            top.label(tenant);
        }
    }
}
