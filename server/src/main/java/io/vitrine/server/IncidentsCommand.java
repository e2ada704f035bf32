package io.vitrine.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vitrine.alerting.incidents.ActionItem;
import io.vitrine.alerting.incidents.EvidenceItem;
import io.vitrine.alerting.incidents.Incident;
import io.vitrine.alerting.incidents.IncidentState;
import io.vitrine.alerting.incidents.IncidentStep;
import io.vitrine.alerting.incidents.TimelineEntry;
import io.vitrine.alerting.incidents.TimelineEntry.Kind;
import io.vitrine.alerting.rules.Severity;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.server.api.ApiJson;
import io.vitrine.server.incidents.IncidentAuthor;
import io.vitrine.server.incidents.IncidentJson;
import io.vitrine.server.incidents.IncidentRegister;
import io.vitrine.server.incidents.StoredIncident;
import io.vitrine.server.tenancy.TenantRegistry;
import io.vitrine.store.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Incidents, from the opening to the post-mortem. */
@Command(
        name = "incidents",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(list | show | open | ack | assign | note | severity | move | resolve | close"
                + " | explain | plan | merge | export)",
        description = {
            "Lists, shows and works on incidents, with the server running or not.",
            "A running server follows within a second: it collects evidence and acknowledges alerts."
        })
final class IncidentsCommand {

    private static final int LISTED = 1_000;
    private static final Set<String> UNENDED = Arrays.stream(IncidentState.values())
            .filter(state -> !state.isFinal())
            .map(IncidentState::label)
            .collect(Collectors.toSet());

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /** Options of every step. */
    static final class StepOptions {

        @Mixin
        private CommonOptions common = new CommonOptions();

        @Option(names = "--by", paramLabel = "NAME", description = "Your name, for the timeline (default: the user's).")
        private String by = System.getProperty("user.name");

        IncidentAuthor author(String command) {
            return new IncidentAuthor(TenantsOnDisk.actor("incidents " + command), by);
        }
    }

    /** Options of a step with a reason. */
    static final class Reason {

        @Option(names = "--why", paramLabel = "TEXT", description = "The reason, for the timeline (default: by hand).")
        private String text = "by hand";
    }

    /** The id of an incident. */
    static final class Id {

        @Parameters(index = "0", paramLabel = "ID", description = "The incident's number.")
        private long value;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Shows the incidents that have not ended and those with overdue action items, newest first.")
    int list(
            @Mixin CommonOptions options,
            @Option(names = "--all", description = "Shows the ended ones too.") boolean all,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        return with(options, register -> {
            List<StoredIncident> found = new ArrayList<>(register.latest(all ? Set.of() : UNENDED, 0, LISTED));
            Set<Long> ids = found.stream().map(one -> one.incident().id()).collect(Collectors.toSet());
            register.overdue().stream()
                    .filter(one -> !ids.contains(one.incident().id()))
                    .forEach(found::add);
            found.sort((one, other) ->
                    Long.compare(other.incident().id(), one.incident().id()));
            print(
                    format == OutputFormat.JSON
                            ? ApiJson.ascii(Map.of(
                                            "incidents",
                                            found.stream()
                                                    .map(one -> IncidentJson.summary(one, register.today()))
                                                    .toList()))
                                    + "\n"
                            : table(found, register.today()));
            return 0;
        });
    }

    private static String table(List<StoredIncident> incidents, LocalDate today) {
        TextTable table = new TextTable("ID", "SEV", "STATE", "DETECTED", "COMMANDER", "FIRING", "OVERDUE", "TITLE");
        incidents.stream()
                .map(StoredIncident::incident)
                .forEach(incident -> table.add(
                        Long.toString(incident.id()),
                        incident.severity().name(),
                        incident.state().label(),
                        time(incident.detectedMillis()),
                        incident.commander().orElse("-"),
                        incident.firing().size() + "/" + incident.fingerprints().size(),
                        Long.toString(incident.overdueItems(today)),
                        incident.title()));
        return table.toString();
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows one incident: times, timeline, evidence, action items and the steps that may follow.")
    int show(
            @Mixin CommonOptions options,
            @Mixin Id id,
            @Option(
                            names = "--evidence",
                            paramLabel = "NAME",
                            description = "Prints the content of this item of evidence instead.")
                    @Nullable
                    String evidence,
            @Option(names = "--format", defaultValue = "table", description = "table or json (default: table).")
                    OutputFormat format) {
        return with(options, register -> {
            StoredIncident found = find(register, id);
            if (evidence != null) {
                print(ShownText.escapedLines(new String(content(register, id, evidence), StandardCharsets.UTF_8)));
                return 0;
            }
            List<EvidenceItem> items = register.evidence(id.value);
            print(
                    format == OutputFormat.JSON
                            ? ApiJson.ascii(IncidentJson.whole(found, items, register.today())) + "\n"
                            : whole(found.incident(), items, register.today()));
            return 0;
        });
    }

    private static byte[] content(IncidentRegister register, Id id, String name) {
        return register.content(id.value, name)
                .orElseThrow(() -> new IllegalArgumentException(register.evidence(id.value).stream()
                        .filter(item -> item.name().equals(name))
                        .findFirst()
                        .map(item -> "the evidence " + name + " could not be collected: " + item.note())
                        .orElse("incident " + id.value + " has no evidence " + name)));
    }

    private static String whole(Incident incident, List<EvidenceItem> evidence, LocalDate today) {
        TextTable head = new TextTable("INCIDENT", Long.toString(incident.id()));
        head.add("title", incident.title());
        head.add("severity", incident.severity().name());
        head.add("state", incident.state().label());
        head.add("may become", String.join(", ", nextLabels(incident)));
        head.add("began", time(incident.startedMillis()));
        head.add("detected", time(incident.detectedMillis()) + " (after " + seconds(incident.timeToDetect()) + ")");
        head.add("acknowledged", after(incident.timeToAcknowledge()));
        head.add("resolved", after(incident.timeToResolve()));
        head.add("commander", incident.commander().orElse("-"));
        head.add("war room", incident.warRoom().orElse("-"));
        head.add("root cause", incident.rootCause().orElse("-"));
        head.add(
                "alerts",
                incident.firing().size() + " of " + incident.fingerprints().size() + " firing");
        TextTable timeline = new TextTable("TIME", "KIND", "AUTHOR", "TEXT");
        for (TimelineEntry entry : incident.timeline()) {
            timeline.add(
                    time(entry.atMillis()), entry.kind().name().toLowerCase(Locale.ROOT), entry.author(), entry.text());
        }
        return head + "\n" + timeline + evidence(evidence) + items(incident, today);
    }

    private static List<String> nextLabels(Incident incident) {
        return incident.state().isFinal()
                ? List.of("nothing else")
                : incident.state().next().stream().map(IncidentState::label).toList();
    }

    private static String evidence(List<EvidenceItem> items) {
        if (items.isEmpty()) {
            return "";
        }
        TextTable table = new TextTable("EVIDENCE", "BYTES", "LACKS");
        items.forEach(
                item -> table.add(item.name(), item.isMissing() ? "-" : Long.toString(item.bytes()), item.note()));
        return "\n" + table;
    }

    private static String items(Incident incident, LocalDate today) {
        if (incident.actionItems().isEmpty()) {
            return "";
        }
        TextTable table = new TextTable("ITEM", "STATUS", "DUE", "OWNER", "ACTION");
        int number = 1;
        for (ActionItem item : incident.actionItems()) {
            String status = item.done() ? "done" : item.isOverdue(today) ? "OVERDUE" : "open";
            table.add(Integer.toString(number++), status, item.due().toString(), item.owner(), item.text());
        }
        return "\n" + table;
    }

    private static String after(Optional<Duration> time) {
        return time.map(value -> "after " + seconds(value)).orElse("not yet");
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + " s";
    }

    @Command(name = "open", mixinStandardHelpOptions = true, description = "Opens an incident by hand.")
    int open(
            @Mixin StepOptions options,
            @Mixin Reason why,
            @Option(names = "--severity", required = true, description = "P0, P1, P2 or P3.") Severity severity,
            @Parameters(paramLabel = "TITLE", description = "What is wrong, in one line.") String title) {
        return with(options.common, register -> done(register.open(title, severity, why.text, options.author("open"))));
    }

    @Command(
            name = "ack",
            mixinStandardHelpOptions = true,
            description = "Acknowledges an incident and its alerts: no repeated messages, no escalation.")
    int ack(@Mixin StepOptions options, @Mixin Id id) {
        return step(options, id, "ack", (incident, author, at) -> incident.acknowledge(author, at));
    }

    @Command(name = "assign", mixinStandardHelpOptions = true, description = "Names the commander; acknowledges too.")
    int assign(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Parameters(index = "1", paramLabel = "COMMANDER", description = "Who leads the response.")
                    String commander,
            @Option(names = "--war-room", paramLabel = "PLACE", description = "Link or channel of the response.")
                    @Nullable
                    String room) {
        return step(
                options,
                id,
                "assign",
                (incident, author, at) -> incident.assign(commander, Optional.ofNullable(room), author, at));
    }

    @Command(name = "note", mixinStandardHelpOptions = true, description = "Adds a note to the timeline.")
    int note(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Parameters(index = "1", paramLabel = "TEXT", description = "The note.") String text) {
        return step(options, id, "note", (incident, author, at) -> incident.note(Kind.NOTE, author, text, at));
    }

    @Command(name = "severity", mixinStandardHelpOptions = true, description = "Changes the severity.")
    int severity(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Mixin Reason why,
            @Parameters(index = "1", paramLabel = "SEVERITY", description = "P0, P1, P2 or P3.") Severity severity) {
        return step(options, id, "severity", (incident, author, at) -> incident.rate(severity, author, why.text, at));
    }

    @Command(
            name = "move",
            mixinStandardHelpOptions = true,
            description = "Moves to triaged, investigating, mitigating, resolved, reviewed, closed or declined.")
    int move(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Mixin Reason why,
            @Parameters(index = "1", paramLabel = "STATE", description = "The next state.") String label) {
        IncidentState state = IncidentState.of(label)
                .filter(one -> one != IncidentState.MERGED)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "STATE must be triaged, investigating, mitigating, resolved, reviewed, closed or declined: "
                                + ShownText.escaped(label)));
        return move(options, id, "move", state, why);
    }

    @Command(name = "resolve", mixinStandardHelpOptions = true, description = "The service has recovered.")
    int resolve(@Mixin StepOptions options, @Mixin Id id, @Mixin Reason why) {
        return move(options, id, "resolve", IncidentState.RESOLVED, why);
    }

    @Command(
            name = "close",
            mixinStandardHelpOptions = true,
            description = "Closes a reviewed incident; a P0 or P1 needs an action item.")
    int close(@Mixin StepOptions options, @Mixin Id id, @Mixin Reason why) {
        return move(options, id, "close", IncidentState.CLOSED, why);
    }

    private int move(StepOptions options, Id id, String command, IncidentState state, Reason why) {
        return step(options, id, command, (incident, author, at) -> incident.moveTo(state, author, why.text, at));
    }

    @Command(name = "explain", mixinStandardHelpOptions = true, description = "Records the root cause.")
    int explain(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Parameters(index = "1", paramLabel = "TEXT", description = "The root cause.") String text) {
        return step(options, id, "explain", (incident, author, at) -> incident.explain(text, author, at));
    }

    @Command(
            name = "plan",
            mixinStandardHelpOptions = true,
            description = "Adds an action item (TEXT, --owner, --due), or marks one as done (--done).")
    int plan(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "What is to be done.") @Nullable
                    String text,
            @Option(names = "--owner", paramLabel = "NAME", description = "Who does it.") @Nullable String owner,
            @Option(names = "--due", paramLabel = "DATE", description = "Until when: 2027-01-31.") @Nullable
                    LocalDate due,
            @Option(names = "--done", paramLabel = "N", description = "The number of the item that is done.") @Nullable
                    Integer done) {
        if (done != null) {
            return step(options, id, "plan", (incident, author, at) -> incident.complete(done, author, at));
        }
        if (text == null || owner == null || due == null) {
            throw new ParameterException(spec.commandLine(), "plan needs TEXT, --owner and --due, or --done");
        }
        ActionItem item = new ActionItem(text, owner, due, false);
        return step(options, id, "plan", (incident, author, at) -> incident.plan(item, author, at));
    }

    @Command(
            name = "merge",
            mixinStandardHelpOptions = true,
            description = "Makes an incident part of another, with its alerts.")
    int merge(
            @Mixin StepOptions options,
            @Mixin Id id,
            @Parameters(index = "1", paramLabel = "INTO", description = "The number of the other incident.")
                    long into) {
        return with(
                options.common,
                register -> done(register.merge(id.value, OptionalLong.empty(), into, options.author("merge"))));
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = {
                "Writes the draft of the post-mortem as Markdown, or the incident as JSON with its evidence",
                "(content in base64)."
            })
    int export(
            @Mixin CommonOptions options,
            @Mixin Id id,
            @Option(names = "--format", defaultValue = "markdown", description = "markdown (default) or json.")
                    ExportAs format,
            @Option(names = "--output", paramLabel = "FILE", description = "Where to (default: standard output).")
                    @Nullable
                    Path output) {
        return with(options, register -> {
            StoredIncident found = find(register, id);
            String text =
                    switch (format) {
                        case MARKDOWN -> register.postMortem(found.incident());
                        case JSON -> ApiJson.ascii(withContents(register, found)) + "\n";
                    };
            write(text, output);
            return 0;
        });
    }

    /** Format of an export. */
    enum ExportAs {
        MARKDOWN,
        JSON
    }

    private static ObjectNode withContents(IncidentRegister register, StoredIncident found) {
        long id = found.incident().id();
        ObjectNode whole = IncidentJson.whole(found, register.evidence(id), register.today());
        ((ArrayNode) whole.get("evidence"))
                .forEach(
                        item -> register.content(id, item.get("name").asText()).ifPresent(content -> ((ObjectNode) item)
                                .put("content_base64", Base64.getEncoder().encodeToString(content))));
        return whole;
    }

    private void write(String text, @Nullable Path output) {
        if (output == null) {
            print(ShownText.escapedLines(text));
            return;
        }
        try {
            Files.writeString(output, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + output, e);
        }
    }

    private int step(StepOptions options, Id id, String command, IncidentStep step) {
        return with(
                options.common,
                register -> done(register.apply(id.value, OptionalLong.empty(), step, options.author(command))));
    }

    private int done(StoredIncident stored) {
        Incident incident = stored.incident();
        print(ShownText.escaped(
                        "incident " + incident.id() + " is " + incident.state().label() + " ("
                                + incident.severity() + "): "
                                + incident.timeline()
                                        .get(incident.timeline().size() - 1)
                                        .text())
                + "\n");
        return 0;
    }

    private static StoredIncident find(IncidentRegister register, Id id) {
        return register.find(id.value)
                .orElseThrow(() -> new IllegalArgumentException("there is no incident " + id.value));
    }

    private static int with(CommonOptions options, Function<IncidentRegister, Integer> work) {
        try (Ledger ledger =
                Ledger.openBeside(TenantRegistry.ledger(options.read().config()))) {
            return work.apply(new IncidentRegister(ledger.incidents(), Clock.systemUTC()));
        }
    }

    private void print(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
