package io.vitrine.observability.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.observability.ErrorType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogueTest {

    @Test
    void listsEveryMeterThatItDefines() throws IllegalAccessException {
        List<MeterDefinition> constants = new ArrayList<>();
        for (Class<?> part : List.of(
                Meters.class,
                BusinessMeters.class,
                ConstraintMeters.class,
                HostMeters.class,
                TelemetryMeters.class,
                ArchiveMeters.class,
                HttpMeters.class,
                DeliveryMeters.class,
                IncidentMeters.class,
                SliMeters.class)) {
            constants.addAll(constants(part));
        }

        assertThat(Meters.all()).hasSizeGreaterThan(50).containsExactlyInAnyOrderElementsOf(constants);
        assertThat(VllmMeters.all()).containsExactlyInAnyOrderElementsOf(constants(VllmMeters.class));
    }

    private static List<MeterDefinition> constants(Class<?> part) throws IllegalAccessException {
        List<MeterDefinition> constants = new ArrayList<>();
        for (Field field : part.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers()) && field.getType() == MeterDefinition.class) {
                constants.add((MeterDefinition) field.get(null));
            }
        }
        return constants;
    }

    @Test
    void namesEveryMeterOnceAndSaysWhatItMeans() {
        assertThat(Meters.all()).extracting(MeterDefinition::name).doesNotHaveDuplicates();
        assertThat(Meters.all()).allSatisfy(meter -> {
            assertThat(meter.name()).matches("(vitrine|gen_ai)(\\.[a-z_]+)+");
            assertThat(meter.meaning()).endsWith(".");
        });
    }

    @Test
    void boundsEveryLabelByAListOrByTheConfiguration() {
        List<String> configured = Meters.all().stream()
                .flatMap(meter -> meter.labels().stream())
                .filter(label -> label.values().isEmpty())
                .map(Label::key)
                .distinct()
                .toList();

        assertThat(configured).containsExactlyInAnyOrder("model", "gen_ai.request.model", "tenant", "currency", "slo");
    }

    @Test
    void allowsALabelOnlyItsValuesAndTheEmptyOne() {
        Label label = Label.of("colour", "for eyes", "red", "blue");

        assertThat(label.allows("red")).isTrue();
        assertThat(label.allows("")).isTrue();
        assertThat(label.allows("green")).isFalse();
        assertThat(Label.configured("model", "any").allows("whatever")).isTrue();
    }

    /** The rule of the house: a name stands in the catalogue, so that it can be found, printed and changed there. */
    @Test
    void isTheOnlyPlaceWhereAMeterOrFieldNameIsWritten() throws IOException {
        List<String> names = Stream.concat(
                        Meters.all().stream().map(MeterDefinition::name),
                        Arrays.stream(EventName.values())
                                .map(EventName::label)
                                // Some events are called as the error that they tell.
                                .filter(label -> Arrays.stream(ErrorType.values())
                                        .noneMatch(type -> type.label().equals(label))))
                .map(name -> '"' + name + '"')
                .toList();

        assertThat(sourcesOutsideTheCatalogue()).hasSizeGreaterThan(10).allSatisfy(file -> assertThat(
                        Files.readString(file))
                .as(file.toString())
                .doesNotContain(names)
                .doesNotContainPattern("\"(vitrine|gen_ai)\\.(?!json\")"));
    }

    @Test
    void agreesWithTheTemplateOnTheFieldsOfALine() throws IOException {
        List<String> inTemplate = new ArrayList<>();
        template().fieldNames().forEachRemaining(inTemplate::add);

        assertThat(inTemplate)
                .containsExactlyElementsOf(
                        Arrays.stream(LogField.values()).map(LogField::key).toList());
    }

    @Test
    void letsTheTemplateReadEachFieldFromItsOwnKey() throws IOException {
        template().properties().stream()
                .filter(field -> field.getValue().path("$resolver").asText().equals("map"))
                .forEach(field ->
                        assertThat(field.getValue().path("key").asText()).isEqualTo(field.getKey()));
    }

    @Test
    void givesEveryFieldToSomeEventAndEveryEventTheCommonFields() {
        assertThat(Arrays.stream(EventName.values())
                        .flatMap(event -> event.allowedFields().stream())
                        .distinct())
                .containsExactlyInAnyOrder(LogField.values());
        assertThat(EventName.values()).allSatisfy(event -> {
            assertThat(event.requiredFields()).containsAll(EventName.COMMON_FIELDS);
            assertThat(event.allowedFields()).containsAll(event.requiredFields());
        });
    }

    /** A request must leave its line, and an operator's deed its trace, however often. */
    @Test
    void neverSamplesTheStoryOfARequestOrTheAuditOfTheServer() {
        assertThat(Arrays.stream(EventName.values()).filter(EventName::repeatsAreSampled))
                .containsExactlyInAnyOrder(
                        EventName.AUTH_FAILED,
                        EventName.OPERATOR_REFUSED,
                        EventName.GPU_EVENT,
                        EventName.RATE_LIMIT_EXCEEDED,
                        EventName.BUDGET_EXCEEDED,
                        EventName.QUEUE_FULL,
                        EventName.MODEL_LOAD_FAILED,
                        EventName.FAULT,
                        EventName.LIBRARY_MESSAGE);
    }

    private static JsonNode template() throws IOException {
        try (InputStream template =
                CatalogueTest.class.getResourceAsStream("/io/vitrine/observability/logging/event-template.json")) {
            return new ObjectMapper().readTree(template);
        }
    }

    private static List<Path> sourcesOutsideTheCatalogue() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("catalogue"))
                    .toList();
        }
    }
}
