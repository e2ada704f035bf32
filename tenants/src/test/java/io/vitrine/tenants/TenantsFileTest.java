package io.vitrine.tenants;

import java.time.Duration;
import java.util.List;

import io.vitrine.tenants.yaml.YamlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TenantsFileTest {

    @Test
    void readsEveryKey() {
        List<Tenant> tenants = TenantsFile.read("""
            tenants:
              - id: acme
                priority: high
                limits:
                  requests-per-minute: 60
                  tokens-per-minute: 100000
                  concurrent-requests: 4
                  context-tokens: 4096
                  output-tokens: 512
                models: [smollm2-*, tiny]
                budget: {day: 5, month: 99.50, currency: USD}
                traces: detailed
                content: redacted
                prefix-cache: own
                sla: {ttft-ms: 500, end-to-end-ms: 20000, percentile: 0.9, availability: 0.999}
            """, "tenants.yaml");
        assertThat(tenants)
                .containsExactly(new Tenant(
                        "acme",
                        Priority.HIGH,
                        new TenantLimits(60, 100_000, 4, 4_096, 512),
                        List.of(new Glob("smollm2-*"), new Glob("tiny")),
                        new TenantBudgets(Money.of("5", "USD"), Money.of("99.5", "USD")),
                        TracePolicy.DETAILED,
                        ContentPolicy.REDACTED,
                        PrefixSharing.OWN,
                        new SlaTargets(Duration.ofMillis(500), Duration.ofSeconds(20), 0.9, 0.999)));
    }

    @Test
    void leavesWhatIsNotSaidAsItIsForATenantWithoutPolicy() {
        assertThat(TenantsFile.read("tenants: [{id: a}, {id: b}]", "x"))
                .containsExactly(Tenant.unlimited("a"), Tenant.unlimited("b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {id: a, limits: {requests-per-minute: 0}}    | tenants[0].limits.requests-per-minute must be a whole number from 1 to 50000000: 0
        {id: a, limits: {tokens-per-minute: 50000001}} | from 1 to 50000000: 50000001
        {id: a, limits: {output-tokens: 1.5}}        | tenants[0].limits.output-tokens must be a whole number
        {id: a, limits: {request-per-minute: 1}}     | tenants[0].limits has unknown keys [request-per-minute]; known are [requests-per-minute,
        {id: a, limits: 5}                           | tenants[0].limits must be a mapping of keys to values: 5
        {id: a, priority: urgent}                    | tenants[0].priority must be one of [high, normal, low]: urgent
        {id: a, models: all}                         | tenants[0].models must be a list: all
        {id: a, models: []}                          | tenants[0].models must name at least one model
        {id: a, budget: {day: 5}}                    | tenants[0].budget must have the key currency
        {id: a, budget: {day: -1, currency: USD}}    | tenants[0].budget.day must be a number from 0 to 1000000000: -1
        {id: a, budget: {day: 1e999999999, currency: USD}} | tenants[0].budget.day must be a number from 0 to
        {id: a, budget: {day: 1, currency: dollars}} | tenants[0] is refused: a currency must have three capital letters: dollars
        {id: a, sla: {ttft-ms: 0}}                   | tenants[0].sla.ttft-ms must be a whole number from 1 to
        {id: a, sla: {availability: 99.9}}           | tenants[0].sla.availability must be a number from 0 to 1: 99.9
        {id: a, sla: {percentile: 0}}                | percentile must be above 0 and at most 1: 0.0
        {id: a/b}                                    | a tenant's id must have 1 to 64 letters
        {priority: low}                              | tenants[0] must have the key id
        {id: ''}                                     | tenants[0].id must have one value
        {id: a}, {id: a}                             | tenants[1] has the id of another tenant: a
        """)
    void saysWhereAndWhatIsWrong(String items, String message) {
        assertThatThrownBy(() -> TenantsFile.read("tenants: [" + items + "]", "tenants.yaml"))
                .isInstanceOf(YamlException.class)
                .hasMessageStartingWith("tenants.yaml: ")
                .hasMessageContaining(message);
    }

    @Test
    void quotesNothingOfAFileThatIsNoYaml() {
        assertThatThrownBy(() -> TenantsFile.read("root:x: secret\n\tuser: y: z", "t.yaml"))
                .hasMessageContaining("t.yaml is not valid YAML at line ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesWhatIsNoYamlOrNoListOfTenants() {
        assertThatThrownBy(() -> TenantsFile.read("tenants: [", "t.yaml"))
                .hasMessageContaining("t.yaml is not valid YAML");
        assertThatThrownBy(() -> TenantsFile.read("a: 1\na: 2", "t.yaml")).hasMessageContaining("duplicate key");
        assertThatThrownBy(() -> TenantsFile.read("", "t.yaml"))
                .hasMessage("t.yaml: the file must have the key tenants");
        assertThatThrownBy(() -> TenantsFile.read("- a", "t.yaml")).hasMessageContaining("the file must be a mapping");
        assertThatThrownBy(() -> TenantsFile.read("# nothing", "t.yaml"))
                .hasMessage("t.yaml: the file must have the key tenants");
        assertThatThrownBy(() -> TenantsFile.read("a: 1\n---\na: 1", "t.yaml"))
                .hasMessageContaining("one YAML document");
        assertThatThrownBy(() -> TenantsFile.read("tenants: !!int 5", "t.yaml")).isInstanceOf(YamlException.class);
        assertThatThrownBy(() -> TenantsFile.read("tenants: ", "t.yaml"))
                .hasMessageContaining("tenants must be a list");
    }
}
