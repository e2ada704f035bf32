package io.vitrine.server;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.TenantJson;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.tenants.Tenant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tenants and their policies. */
@Command(
        name = "tenants",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | show | set | remove)",
        description = {
            "Lists, shows, changes and removes tenants, with the server running or not.",
            "A running server follows within a second."
        })
final class TenantsCommand {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows every tenant.")
    int list(
            @Mixin CommonOptions options,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        List<ObjectNode> tenants = TenantsOnDisk.ask(
                config(options), registry -> new TreeMap<>(registry.tenants().all())
                        .values().stream().map(TenantJson::of).toList());
        print(format == OutputFormat.JSON ? json(Map.of("tenants", tenants)) : table(tenants));
        return 0;
    }

    private static String table(List<ObjectNode> tenants) {
        TextTable table = new TextTable("TENANT", "PRIORITY", "LIMITS", "BUDGET", "MODELS", "TRACES");
        tenants.forEach(tenant -> table.add(
                tenant.get("id").asText(),
                tenant.get("priority").asText(),
                inWords(tenant, "limits"),
                inWords(tenant, "budget"),
                TenantChange.settings(tenant).getOrDefault("models", "all"),
                tenant.get("traces").asText()));
        return table.toString();
    }

    private static String inWords(ObjectNode tenant, String name) {
        return tenant.has(name)
                ? tenant.get(name).toString().replaceAll("[{}\"]", "").replace(",", " ")
                : "none";
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one tenant.")
    int show(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "TENANT", description = "Its id.") String id,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        Optional<ObjectNode> tenant = TenantsOnDisk.ask(
                config(options), registry -> registry.tenants().find(id).map(TenantJson::of));
        if (tenant.isEmpty()) {
            return unknown(id);
        }
        print(format == OutputFormat.JSON ? json(tenant.get()) : lines(tenant.get()));
        return 0;
    }

    private static String lines(ObjectNode tenant) {
        TextTable table = new TextTable("SETTING", "VALUE");
        TenantChange.settings(tenant).forEach(table::add);
        return table.toString();
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a tenant, or changes one: vitrine tenants set acme priority=high limits.requests-per-minute=60",
                "models=smollm2-*,qwen* budget.day=5 budget.currency=USD. The names are those of the tenants' file; a name",
                "with nothing after the = is as if it had never been set."
            })
    int set(
            @Mixin CommonOptions options,
            @Parameters(index = "0", paramLabel = "TENANT", description = "Its id.") String id,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME=VALUE", description = "What shall hold.")
                    List<String> assignments) {
        Tenant tenant = TenantsOnDisk.ask(config(options), registry -> set(registry, id, assignments));
        print(lines(TenantJson.of(tenant)));
        return 0;
    }

    private static Tenant set(TenantRegistry registry, String id, List<String> assignments) {
        Tenant before = registry.tenants().find(id).orElseGet(() -> Tenant.unlimited(id));
        ObjectNode json = TenantJson.of(before);
        assignments.forEach(assignment -> TenantChange.apply(json, assignment));
        Tenant after = TenantJson.parse(json, "tenants set");
        registry.put(after, TenantsOnDisk.actor("tenants set"));
        return after;
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Removes a tenant and revokes its keys for good; what it has used stays in the ledger.")
    int remove(@Mixin CommonOptions options, @Parameters(paramLabel = "TENANT", description = "Its id.") String id) {
        boolean there = TenantsOnDisk.ask(
                config(options), registry -> registry.remove(id, TenantsOnDisk.actor("tenants remove")));
        return there ? 0 : unknown(id);
    }

    private int unknown(String id) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("vitrine: there is no tenant " + ShownText.escaped(id)
                + "; vitrine tenants list shows those there are");
        err.flush();
        return 1;
    }

    private static String json(Object body) {
        return ApiJson.ascii(body) + "\n";
    }

    private static ServerConfig config(CommonOptions options) {
        return options.read().config();
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
