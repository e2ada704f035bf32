package io.vitrine.observability.catalogue;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpanCatalogueTest {

    @Test
    void everyAttributeHasAnOwnNameAndAMeaning() {
        List<SpanAttribute<?>> all = SpanAttributes.all();

        assertThat(all).hasSizeGreaterThan(60);
        assertThat(all)
                .extracting(attribute -> attribute.key().getKey())
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z][a-z0-9]*([._][a-z0-9]+)*"));
        assertThat(all).extracting(SpanAttribute::meaning).noneMatch(String::isBlank);
    }

    @Test
    void anAttributeThatIsATimeSaysItsUnit() {
        assertThat(SpanAttributes.all())
                .filteredOn(attribute -> attribute.key().getKey().startsWith("vitrine.gap."))
                .isNotEmpty()
                .allMatch(attribute -> attribute.key().getKey().endsWith("_ns")
                        && attribute.meaning().endsWith("nanoseconds"));
    }

    @Test
    void theCoursesNamesAreAllThere() {
        assertThat(SpanName.values())
                .extracting(SpanName::label)
                .contains(
                        "gateway_request",
                        "auth_validate",
                        "rate_limit_check",
                        "queue_enqueue",
                        "inference_process",
                        "model_load",
                        "model_generate",
                        "prefill",
                        "decode",
                        "attention_computation",
                        "feed_forward",
                        "token_sampling",
                        "response_formatting");
    }
}
