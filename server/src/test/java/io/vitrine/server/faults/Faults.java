package io.vitrine.server.faults;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.vitrine.server.GpuFault;

import static io.vitrine.server.faults.Theory.atOnce;
import static io.vitrine.server.faults.Theory.holds;

/** All faults that are injected. */
final class Faults {

    private static final Duration WARM = Duration.ofMinutes(5);
    private static final String SLO = "requests are slow or fail, and objectives say so";

    private Faults() {}

    static Stream<Fault> all() {
        return Stream.of(service(), outside(), gpus(), controls()).flatMap(List::stream);
    }

    /** Healthy load for an hour, or {@code -Dvitrine.soak=PT10M}, on the machine's own clock; not one of all. */
    static Fault soak() {
        return Fault.of("control: soak", scene -> {})
                .load(70)
                .slowerThan(1)
                .length(Duration.parse(System.getProperty("vitrine.soak", "PT1H")));
    }

    private static Duration minutes(double minutes) {
        return Duration.ofSeconds(Math.round(minutes * 60));
    }

    /** Burn-rate rules of an objective, which other faults may fire, too. */
    private static Fault objectives(Fault fault, String... objectives) {
        for (String objective : objectives) {
            for (String speed : List.of("TwoDays", "FiveDays", "TenDays")) {
                fault.mayFire(objective + "BudgetBurnsWithin" + speed, SLO);
            }
            fault.mayFire(objective + "BudgetBurnsWithinThePeriod", SLO);
        }
        return fault;
    }

    private static List<Fault> service() {
        return List.of(
                objectives(
                        Fault.of("every step fails, so the engine stops", scene -> scene.command("fail-every 1"))
                                .fires("EngineStepsFail", atOnce())
                                .fires("EngineStuck", atOnce())
                                .mayFire("RequestsFail", "requests of the failed steps")
                                .mayFire("MostRequestsFail", "requests of the failed steps")
                                .mayFire("ComponentUnhealthy", "the engine has stopped")
                                .mayFire("RequestsRefused", "the engine has stopped")
                                .stays(),
                        "Availability"),
                objectives(
                        Fault.of("half of the requests fail", scene -> scene.command("fail-every 2"))
                                .warm(Duration.ofHours(1))
                                // 1 h x 14.4 x 1 % / 50 %
                                .fires("AvailabilityBudgetBurnsWithinTwoDays", atOnce().fills(minutes(17.3)))
                                .fires("EngineStepsFail", atOnce())
                                .fires(
                                        "RequestsFail",
                                        holds(Duration.ofMinutes(2)).fills(minutes(0.5)))
                                .mayFire("MostRequestsFail", "at half of the requests, just about"),
                        "Availability"),
                objectives(
                        Fault.of("a step hangs in the model", scene -> scene.command("wedge"))
                                .fires("EngineStuck", atOnce().after(4))
                                .mayFire("QueueFilling", "nothing leaves the queue")
                                .mayFire("ComponentUnhealthy", "the queue is full")
                                .mayFire("RequestsRefused", "the queue is full"),
                        "Availability",
                        "FirstToken",
                        "QueueWait",
                        "OutputTokens",
                        "StallFree"),
                objectives(
                        Fault.of("steps take 2.5 s", scene -> scene.command("slow 2500"))
                                .load(2)
                                .slowerThan(5)
                                .fires("EngineStepsSlow", holds(Duration.ofMinutes(3)))
                                .mayFire("TokensSlow", "a token a step")
                                .mayFire("FirstTokenSlow", "requests wait for slow steps")
                                .mayFire("RequestWaitsLong", "requests wait for slow steps")
                                .mayFire("QueueFilling", "more requests arrive than end"),
                        "FirstToken",
                        "QueueWait",
                        "OutputTokens",
                        "StallFree",
                        "Availability"),
                objectives(
                        Fault.of("queue flood", scene -> {
                                    scene.command("slow 100");
                                    scene.flood(60, number -> Scene.SHORT_PROMPT);
                                })
                                .with("queue.limit=20")
                                .fires("QueueFilling", holds(Duration.ofMinutes(1)))
                                .fires("ComponentUnhealthy", holds(Duration.ofMinutes(2)))
                                .fires(
                                        "RequestsRefused",
                                        holds(Duration.ofMinutes(5)).fills(minutes(1)))
                                .fires("AvailabilityBudgetBurnsWithinTwoDays", atOnce()),
                        "Availability",
                        "FirstToken",
                        "QueueWait"),
                Fault.of("cold cache: prompts that do not repeat", scene -> scene.flood(20, Faults::unique))
                        .warm(WARM)
                        .fires("PrefixCacheUseless", holds(Duration.ofMinutes(10))),
                Fault.of("a model that does not load", scene -> {})
                        .withoutModel()
                        .fires("ModelMissing", holds(Duration.ofMinutes(10)))
                        .mayFire("ComponentUnhealthy", "the model is not there")
                        .mayFire("RequestsRefused", "the model is not there"),
                Fault.of("GC storm", scene -> scene.command("collect"))
                        .mayFire("GarbageCollectionHeavy", "its share of the time is that of the real clock"));
    }

    private static String unique(int number) {
        return IntStream.range(0, 60)
                .mapToObj(index -> "p" + number + "." + index)
                .collect(Collectors.joining())
                .substring(0, 300);
    }

    private static List<Fault> outside() {
        return List.of(
                Fault.of("dead exporter", Scene::stopCollector)
                        .warm(WARM)
                        .fires(
                                "ExportsFail",
                                holds(Duration.ofMinutes(5)).fills(minutes(5)).after(5))
                        // Batches of 5 s, and an export's own retries.
                        .fires(
                                "ComponentUnhealthy",
                                holds(Duration.ofMinutes(2)).after(5))
                        .mayFire("LogLinesLost", "the queue to the collector is full")
                        .mayFire("SpansLost", "the queue of spans is full"),
                Fault.of("full disk", Scene::fillDisk)
                        .fires("DiskNearlyFull", holds(Duration.ofMinutes(1)))
                        .fires("LedgerLosesEntries", atOnce())
                        .mayFire("StoreLosesRows", "nothing can be written")
                        .mayFire("LogLinesLost", "nothing can be written")
                        .mayFire("ServerFaults", "the state of alerts cannot be written")
                        .mayFire("ComponentUnhealthy", "store and ledger fail")
                        .mayFire("LedgerSlow", "answers do not wait for the ledger"),
                Fault.of("ledger stalled: another process holds its lock", Scene::lockLedger)
                        .fires("LedgerSlow", atOnce())
                        .mayFire("LedgerLosesEntries", "the queue of the ledger is full")
                        .mayFire("ServerFaults", "the state of alerts cannot be written")
                        .mayFire("ComponentUnhealthy", "the ledger hangs"),
                Fault.of("a tenant's budget is used up", Scene::spendBudget)
                        .fires("BudgetsExhausted", atOnce().after(1))
                        .stays());
    }

    /** The model's GPU cannot be used then. */
    private static Fault refuses(Fault fault) {
        String why = "a model without a usable GPU refuses requests";
        return fault.mayFire("ComponentUnhealthy", why).mayFire("RequestsRefused", why);
    }

    private static List<Fault> gpus() {
        return List.of(
                refuses(Fault.of(GpuFault.LOST).fires("GpuFailed", atOnce())),
                refuses(Fault.of(GpuFault.XID_79_THEN_LOST)
                        .fires("GpuFailed", atOnce())
                        .mayFire("GpuDriverErrors", "the event itself")
                        .stays()),
                refuses(Fault.of(GpuFault.HANGS_IN_ONE_CALL)
                        .fires("GpuDriverSilent", holds(Duration.ofSeconds(15)).after(5))),
                Fault.of(GpuFault.HANGS_IN_THE_WAIT_FOR_EVENTS),
                refuses(Fault.of(GpuFault.XID_48)
                        .fires("GpuFailed", atOnce())
                        .mayFire("GpuDriverErrors", "the event itself")
                        .stays()),
                // The first event of a series is no increase of it: GpuDriverErrors sees the second one.
                Fault.of(GpuFault.XID_94),
                Fault.of(GpuFault.XID_13_TWENTY_TIMES).fires("GpuDriverErrors", atOnce()),
                Fault.of(GpuFault.GETS_TOO_HOT)
                        .fires("GpuHot", holds(Duration.ofMinutes(5)).fills(Duration.ofSeconds(14)))
                        .fires("GpuOverheats", holds(Duration.ofMinutes(1)).fills(Duration.ofSeconds(21)))
                        .mayFire("GpuNearSlowdown", "the same heat"),
                Fault.of(GpuFault.STORM_OF_CORRECTED_ERRORS),
                refuses(Fault.of(GpuFault.DRIVER_REPLACED).mayFire("GpuDriverSilent", "the same driver")),
                refuses(Fault.of(GpuFault.OLD_DRIVER_LOSES_ITS_GPU).fires("GpuFailed", atOnce())));
    }

    /** Not faults: nobody must be paged. */
    private static List<Fault> controls() {
        return List.of(
                Fault.of("control: 20 requests a second", scene -> scene.flood(10, number -> Scene.SHORT_PROMPT))
                        .length(Duration.ofMinutes(20)),
                Fault.of("control: no request", scene -> {}).load(0.01),
                Fault.of("control: one step of 3 s", scene -> {
                    scene.command("slow 3000");
                    Thread.sleep(2_000);
                    scene.command("heal");
                }),
                Fault.of("control: a model that loads for 9 min", scene -> {})
                        .withoutModel()
                        .length(Duration.ofMinutes(9))
                        .mayFire("RequestsRefused", "the model is not there")
                        .mayFire("ComponentUnhealthy", "the model is not there"),
                Fault.of("control: one step fails", scene -> scene.command("fail 1"))
                        .warm(minutes(10)),
                Fault.of("control: clock set back by 1 h", scene -> scene.command("step PT-1H")),
                Fault.of("control: clock set on by 1 h", scene -> scene.command("step PT1H")),
                Fault.of(GpuFault.MIG_IS_ON),
                Fault.of(GpuFault.OLD_DRIVER));
    }
}
