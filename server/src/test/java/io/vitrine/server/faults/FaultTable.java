package io.vitrine.server.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Injects every fault and writes the tables of {@code docs/alerting.md}. Arguments: {@code --pace N}, and words that the
 * names of the wanted faults contain; with words the tables are printed instead. {@code soak} is an hour of healthy load.
 */
public final class FaultTable {

    /** Alert seconds a second. */
    static final int PACE = 30;

    private static final Path PAGE = Path.of("../docs/alerting.md");
    private static final String BEGIN = "<!-- faults: written by FaultTable -->";
    private static final String END = "<!-- end of faults -->";

    private FaultTable() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        int pace = PACE;
        if (!words.isEmpty() && words.get(0).equals("--pace")) {
            pace = Integer.parseInt(words.get(1));
            words = words.subList(2, words.size());
        }
        List<String> wanted = words;
        List<FaultRun> runs = new ArrayList<>();
        int failures = 0;
        List<Fault> faults = (wanted.contains("soak") ? Stream.of(Faults.soak()) : Faults.all())
                .filter(fault -> wanted.isEmpty()
                        || wanted.stream().anyMatch(word -> fault.name().contains(word)))
                .toList();
        for (Fault fault : faults) {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target/faults")), "run")
                    .toAbsolutePath();
            try {
                FaultRun run = FaultInjection.run(fault, pace, folder);
                runs.add(run);
                System.out.println(fault + ": " + run.firings() + " paged " + run.paged() + " problems "
                        + run.problems() + " missing evidence " + run.missing());
                failures += run.problems().isEmpty() ? 0 : 1;
            } catch (IllegalStateException e) {
                e.printStackTrace(System.out);
                failures++;
            }
        }
        String tables = tables(runs);
        if (wanted.isEmpty() && failures == 0) {
            write(tables);
        } else {
            System.out.println(tables);
        }
        System.exit(Math.min(failures, 1));
    }

    private static void write(String tables) throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        Files.writeString(PAGE, page.substring(0, begin) + "\n\n" + tables + "\n" + page.substring(page.indexOf(END)));
    }

    static String tables(List<FaultRun> runs) {
        StringBuilder text = new StringBuilder();
        text.append("| fault | rule | fires after, by design | measured | resolved after the end |\n")
                .append("| --- | --- | --- | --- | --- |\n");
        runs.forEach(run -> run.fault().expected().forEach((rule, theory) -> {
            FaultRun.Firing firing = run.firings().get(rule);
            text.append("| %s | %s | %s to %s | %s | %s |\n"
                    .formatted(
                            run.fault(),
                            firing == null ? rule : rule + " (" + firing.severity() + ")",
                            time(theory.least(run.pace())),
                            time(theory.most(run.pace())),
                            firing == null ? "never" : time(firing.detected()),
                            firing == null
                                    ? ""
                                    : firing.reset().map(FaultTable::time).orElse("stays")));
        }));
        text.append("\n| fault | fires besides, because | messages | incidents | evidence missing |\n")
                .append("| --- | --- | --- | --- | --- |\n");
        runs.forEach(run -> text.append("| %s | %s | %s | %s | %s |\n"
                .formatted(
                        run.fault(),
                        besides(run),
                        messages(run),
                        run.incidents().stream()
                                .map(FaultRun.IncidentSeen::severity)
                                .sorted()
                                .collect(Collectors.joining(", ")),
                        run.missing().entrySet().stream()
                                .map(item -> item.getKey() + ": " + item.getValue())
                                .collect(Collectors.joining("; ")))));
        return text.toString();
    }

    private static String messages(FaultRun run) {
        return run.paged().isEmpty()
                ? "none"
                : run.paged().stream()
                        .sorted()
                        .map(rule -> run.pagedDuring().contains(rule) ? rule : rule + " (not before the end)")
                        .collect(Collectors.joining(", "));
    }

    private static String besides(FaultRun run) {
        return run.firings().keySet().stream()
                .filter(rule -> !run.fault().expected().containsKey(rule))
                .collect(Collectors.groupingBy(
                        rule -> run.fault().companions().getOrDefault(rule, "?"),
                        java.util.TreeMap::new,
                        Collectors.joining(", ")))
                .entrySet()
                .stream()
                .map((Map.Entry<String, String> entry) -> entry.getValue() + ": " + entry.getKey())
                .collect(Collectors.joining("; "));
    }

    private static String time(Duration time) {
        long seconds = Math.round(time.toMillis() / 1e3);
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
}
