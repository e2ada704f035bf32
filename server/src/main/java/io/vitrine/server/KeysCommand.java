package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.vitrine.model.terminal.ShownText;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.api.KeyBody;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.tenants.Tenant;
import io.vitrine.tenants.keys.ApiKey;
import io.vitrine.tenants.keys.KeyRequest;
import io.vitrine.tenants.keys.Scope;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** API keys. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(create | list | revoke)",
        description = {
            "Makes, lists and revokes API keys, with the server running or not.",
            "A running server follows within a second."
        })
final class KeysCommand {

    private static final int MOST_KEY_BYTES = 256;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Makes a key and writes it to standard output: the only time that it is shown.")
    int create(
            @Mixin CommonOptions options,
            @Option(
                            names = "--tenant",
                            required = true,
                            paramLabel = "TENANT",
                            description = "Whose it is; made, without limits, if there is no such tenant.")
                    String tenant,
            @Option(names = "--name", paramLabel = "TEXT", defaultValue = "", description = "What its owner calls it.")
                    String name,
            @Option(
                            names = "--scopes",
                            paramLabel = "SCOPE",
                            split = ",",
                            defaultValue = "infer",
                            description =
                                    "What it is good for: infer, admin, read-telemetry, read-tenant (default: infer).")
                    List<String> scopes,
            @Option(
                            names = "--expires",
                            paramLabel = "TIME",
                            description = "From when on it is refused: 2027-01-31, or 2027-01-31T12:00:00Z.")
                    @Nullable
                    String expires,
            @Option(
                            names = "--from",
                            paramLabel = "FILE",
                            description = {
                                "Takes the key in this file, which another server's keys create made,",
                                "instead of a new one.",
                                "Replicas share keys so. Does nothing if the key is here already."
                            })
                    @Nullable
                    Path from) {
        KeyRequest request = new KeyRequest(tenant, name, scopes(scopes), expiry(expires));
        if (from != null) {
            String text = read(from);
            String prefix = TenantsOnDisk.ask(config(options), registry -> adopt(registry, text, request));
            err().println("key " + prefix + "… of tenant " + ShownText.escaped(tenant) + " is good here");
            err().flush();
            return 0;
        }
        ApiKey key = TenantsOnDisk.ask(config(options), registry -> create(registry, request));
        out().println(key.reveal());
        out().flush();
        err().println("key " + key.prefix() + "… of tenant " + ShownText.escaped(tenant) + ", good for "
                + String.join(", ", new TreeSet<>(scopes)) + "; it is not shown again");
        err().flush();
        return 0;
    }

    private ApiKey create(TenantRegistry registry, KeyRequest request) {
        String actor = TenantsOnDisk.actor("keys create");
        requireTenant(registry, request, actor);
        return registry.keys().create(request, actor);
    }

    private String adopt(TenantRegistry registry, String key, KeyRequest request) {
        String actor = TenantsOnDisk.actor("keys create");
        requireTenant(registry, request, actor);
        return registry.keys().adopt(key, request, actor);
    }

    private String read(Path file) {
        try {
            if (Files.size(file) > MOST_KEY_BYTES) {
                throw refused("--from takes a file with one key and nothing else: " + file);
            }
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw refused("--from takes a file that can be read: " + file);
        }
    }

    private void requireTenant(TenantRegistry registry, KeyRequest request, String actor) {
        if (registry.tenants().find(request.tenantId()).isEmpty()) {
            registry.put(Tenant.unlimited(request.tenantId()), actor);
            err().println("tenant " + request.tenantId() + " is new, and without limits: vitrine tenants set "
                    + request.tenantId() + " …");
        }
    }

    private Set<Scope> scopes(List<String> labels) {
        return labels.stream().map(this::scope).collect(Collectors.toSet());
    }

    private Scope scope(String label) {
        return Scope.ofLabel(label.strip())
                .orElseThrow(() -> refused(
                        "--scopes takes infer, admin, read-telemetry and read-tenant, with commas between: " + label));
    }

    private @Nullable Instant expiry(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return KeyRequest.requireExpiry(
                    text.contains("T")
                            ? Instant.parse(text)
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeException e) {
            throw refused(
                    "--expires takes a day or a time, such as 2027-01-31 or 2027-01-31T12:00:00Z, from 1970 to 9999: "
                            + text);
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows every key, without its secret.")
    int list(
            @Mixin CommonOptions options,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        List<KeyBody> keys = TenantsOnDisk.ask(
                config(options),
                registry -> registry.keys().list().stream().map(KeyBody::of).toList());
        out().print(format == OutputFormat.JSON ? json(keys) : table(keys));
        out().flush();
        return 0;
    }

    private static String json(List<KeyBody> keys) {
        return ApiJson.ascii(Map.of("keys", keys)) + "\n";
    }

    private static String table(List<KeyBody> keys) {
        TextTable table =
                new TextTable("PREFIX", "TENANT", "SCOPES", "CREATED", "EXPIRES", "REVOKED", "LAST USED", "NAME");
        keys.forEach(key -> table.add(
                key.prefix(),
                key.tenant(),
                String.join(",", key.scopes()),
                key.createdAt(),
                shown(key.expiresAt()),
                shown(key.revokedAt()),
                shown(key.lastUsedAt()),
                key.name()));
        return table.toString();
    }

    private static String shown(@Nullable String time) {
        return time == null ? "-" : time;
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Takes a key back: from now on it is refused.")
    int revoke(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "PREFIX", description = "As keys list shows it, vt_ included.") String prefix) {
        boolean there = TenantsOnDisk.ask(
                config(options), registry -> registry.keys().revoke(prefix, TenantsOnDisk.actor("keys revoke")));
        if (!there) {
            // Not quoted: somebody may have given the whole key.
            err().println("vitrine: there is no key with this prefix; vitrine keys list shows those there are");
            err().flush();
            return 1;
        }
        err().println("revoked " + ShownText.escaped(prefix));
        err().flush();
        return 0;
    }

    private static ServerConfig config(CommonOptions options) {
        return options.read().config();
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
