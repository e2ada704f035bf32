package io.vitrine.observability;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ResourceAttributesTest {

    @Test
    void saysWhoTellsAndWhere() {
        assertThat(ResourceAttributes.of("", "1.0", "i-1", "host", "").values())
                .containsEntry("service.name", "vitrine")
                .containsEntry("service.version", "1.0")
                .containsEntry("service.instance.id", "i-1")
                .containsEntry("host.name", "host")
                .hasSize(4);
    }

    @Test
    void takesListedAttributesAndDecodesThem() {
        ResourceAttributes resource = ResourceAttributes.of(
                "", "1.0", "i-1", "host", "deployment.environment.name=a%20b, host.name = other ,x=1+1=2,");

        assertThat(resource.values())
                .containsEntry("deployment.environment.name", "a b")
                .containsEntry("host.name", "other")
                .containsEntry("x", "1+1=2");
    }

    @Test
    void aServiceNameThatIsSetWinsOverAListedOne() {
        assertThat(ResourceAttributes.of("", "1", "i", "h", "service.name=listed")
                        .serviceName())
                .isEqualTo("listed");
        assertThat(ResourceAttributes.of("set", "1", "i", "h", "service.name=listed")
                        .serviceName())
                .isEqualTo("set");
    }

    @Test
    void refusesAListThatIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResourceAttributes.of("", "1", "i", "h", "a=b,nonsense"))
                .withMessageContaining("nonsense");
    }
}
