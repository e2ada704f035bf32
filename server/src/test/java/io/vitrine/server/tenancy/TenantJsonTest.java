package io.vitrine.server.tenancy;

import java.util.List;

import io.vitrine.server.TestServer;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.TenantsFile;
import io.vitrine.tenants.yaml.YamlException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TenantJsonTest {

    private static final String EVERYTHING = """
            tenants:
              - id: acme
                priority: high
                limits: {requests-per-minute: 60, tokens-per-minute: 100000, concurrent-requests: 4,
                         context-tokens: 4096, output-tokens: 512}
                models: ["smollm2-*", "with \\"quotes\\", [brackets] and: colons"]
                budget: {day: 0.000000001, month: 99.50, currency: USD}
                traces: always
                content: redacted
                prefix-cache: own
                sla: {ttft-ms: 500, end-to-end-ms: 20000, percentile: 0.95, availability: 0.0001}
              - id: half
                limits: {output-tokens: 9}
                budget: {month: 3, currency: EUR}
                sla: {availability: 1}
              - id: bare
            """;

    @Test
    void givesEveryTenantBackThatTheFileCanName() {
        List<Tenant> tenants = TenantsFile.read(EVERYTHING, "test");

        for (Tenant tenant : tenants) {
            assertThat(TenantJson.parse(TenantJson.of(tenant).toString(), "test"))
                    .isEqualTo(tenant);
        }
        assertThat(tenants).hasSize(3);
    }

    @Test
    void leavesOutWhatIsNotLimited() {
        assertThat(TenantJson.of(Tenant.unlimited("bare")).toString())
                .isEqualTo("{\"id\":\"bare\",\"priority\":\"normal\",\"traces\":\"sampled\",\"content\":\"never\","
                        + "\"prefix-cache\":\"shared\"}");
    }

    @Test
    void saysWhatIsWrongAndWhere() {
        assertThatThrownBy(() -> TenantJson.parse(
                        TestServer.parse("{\"id\": \"a\", \"limits\": {\"output-tokens\": 0}}"), "the body"))
                .isInstanceOf(YamlException.class)
                .hasMessageContaining("the body: tenants[0].limits.output-tokens must be a whole number from 1");
        assertThatThrownBy(() ->
                        TenantJson.parse(TestServer.parse("{\"id\": \"a\", \"}], \\\"x\\\": [{\": 1}"), "the body"))
                .hasMessageContaining("unknown keys");
    }
}
