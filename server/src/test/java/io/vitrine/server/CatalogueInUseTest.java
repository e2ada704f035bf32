package io.vitrine.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vitrine.gpu.host.HostMetric;
import io.vitrine.gpu.host.HostReader;
import io.vitrine.gpu.host.HostReading;
import io.vitrine.observability.catalogue.Catalogue;
import io.vitrine.observability.catalogue.HostViewMeters;
import io.vitrine.observability.catalogue.Label;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.Meters;
import io.vitrine.observability.catalogue.ReservedMeters;
import io.vitrine.observability.catalogue.VllmMeters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is documented, what a server emits and what dashboards and rules ask for are the same names. */
class CatalogueInUseTest {

    /** What Prometheus makes of a family: sums, counts, buckets, and the largest value that Micrometer adds. */
    private static final List<String> SUFFIXES = List.of("", "_sum", "_count", "_bucket", "_max");

    private static final Pattern NAME_IN_USE = Pattern.compile("\\b(?:vitrine_|gen_ai_|vllm:)[a-z0-9_]+");

    @TempDir
    private Path folder;

    @Test
    void aServerEmitsEveryMeterOfTheCatalogueAndNoOther() throws IOException {
        Set<String> families;
        try (FullServer full = new FullServer(TestTelemetry.settings().withVllmNames(), folder)) {
            full.load();
            full.server().getManagement("/metrics");
            families = families(full.server().getManagement("/metrics").body());
        }

        Set<String> optional = names(HostViewMeters.all());
        assertThat(families).containsAll(documented()).containsAll(toldByThisMachine());
        assertThat(families).filteredOn(family -> !optional.contains(family)).hasSameElementsAs(documented());
        assertThat(ReservedMeters.all()).noneMatch(reserved -> families.stream()
                .anyMatch(family -> family.startsWith(reserved.name().replace('.', '_'))));
    }

    @Test
    void dashboardsAndRulesNameOnlyWhatIsThere() throws IOException {
        Set<String> known = Stream.concat(Catalogue.meters(), VllmMeters.all().stream())
                .flatMap(meter -> Stream.concat(
                        SUFFIXES.stream().map(suffix -> meter.prometheusName() + suffix),
                        meter.labels().stream().map(Label::prometheusName)))
                .collect(Collectors.toSet());

        for (Path file : deployed()) {
            Matcher names = NAME_IN_USE.matcher(Files.readString(file));
            while (names.find()) {
                assertThat(known).as(file + " asks for a metric").contains(names.group());
            }
        }
    }

    private static Set<String> documented() {
        return names(
                Stream.concat(Meters.all().stream(), VllmMeters.all().stream()).toList());
    }

    /** Of the meters that a machine may lack, those that this one must have. */
    private static Set<String> toldByThisMachine() {
        HostReading host = new HostReader(Path.of("/"), new SystemProbeClock()).read();
        return names(Arrays.stream(HostMetric.values())
                .filter(host::tells)
                .flatMap(metric -> HostViewMeters.of(metric).stream())
                .toList());
    }

    private static Set<String> names(List<MeterDefinition> meters) {
        return meters.stream().map(MeterDefinition::prometheusName).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Families of ours in a scrape, but for the largest values beside histograms. */
    private static Set<String> families(String scrape) {
        return scrape.lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .filter(family -> family.matches("(vitrine_|gen_ai_|vllm:|system_(cpu_util|memory|paging)).*"))
                .filter(family -> !family.endsWith("_max"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is handed to Prometheus and Grafana; a page for people may speak of anything. */
    private static List<Path> deployed() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../deploy"))) {
            return files.filter(file -> file.toString().matches(".*\\.(ya?ml|json|rules)"))
                    .toList();
        }
    }
}
