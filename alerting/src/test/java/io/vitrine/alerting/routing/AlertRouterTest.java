package io.vitrine.alerting.routing;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import io.vitrine.alerting.routing.Notification.Kind;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertRule;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.RuleFile;
import io.vitrine.alerting.series.Matcher;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AlertRouterTest {

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final AlertRule DOWN = rule("EngineStopped", "P0");
    private static final AlertRule SLOW = rule("SlowAnswers", "P1");

    private final AlertRouter router = new AlertRouter(plan());
    private final List<Notification> sent = new ArrayList<>();
    private long now;

    private static AlertRule rule(String name, String severity) {
        return RuleFile.read(
                        "rules: [{alert: " + name + ", severity: " + severity
                                + ", expr: x, fires: '> 0', summary: s, action: a, runbook: page}]",
                        "test")
                .get(0);
    }

    private static RoutingPlan plan() {
        Route page = new Route(
                "page",
                List.of(Matcher.parse("severity=\"P0\"")),
                List.of("pagerduty"),
                List.of("alertname"),
                Duration.ZERO,
                Duration.ofMinutes(1),
                Duration.ofHours(1),
                Optional.of(Duration.ofMinutes(5)),
                List.of("manager"),
                Optional.empty());
        Route chat = new Route(
                "chat",
                List.of(),
                List.of("slack"),
                List.of("severity"),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofHours(4),
                Optional.empty(),
                List.of(),
                Optional.empty());
        Inhibition inhibition = new Inhibition(
                List.of(Matcher.parse("alertname=EngineStopped")),
                List.of(Matcher.parse("alertname=~\"Slow.*\"")),
                List.of("model"));
        return new RoutingPlan(
                List.of(page, chat),
                List.of(inhibition),
                List.of(),
                new RoutingPlan.Flapping(3, Duration.ofMinutes(30)));
    }

    private static Alert alert(AlertRule rule, AlertState state, String model) {
        TreeMap<String, String> labels = new TreeMap<>(
                Map.of("alertname", rule.name(), "severity", rule.severity().name(), "model", model));
        return new Alert(rule, labels, state, 1, 0, 0, Optional.empty());
    }

    private void fire(AlertRule rule, String model) {
        router.changed(List.of(alert(rule, AlertState.FIRING, model)), now);
    }

    private void resolve(AlertRule rule, String model) {
        router.changed(List.of(alert(rule, AlertState.RESOLVED, model)), now);
    }

    private List<Kind> run(long millis) {
        List<Notification> during = new ArrayList<>();
        for (long end = now + millis; now < end; now += 15 * SECOND) {
            during.addAll(router.due(now));
        }
        sent.addAll(during);
        return during.stream().map(Notification::kind).toList();
    }

    @Test
    void pagesAtOnce() {
        fire(DOWN, "m");

        assertThat(router.due(now)).singleElement().satisfies(notification -> {
            assertThat(notification.receiver()).isEqualTo("pagerduty");
            assertThat(notification.kind()).isEqualTo(Kind.FIRING);
        });
    }

    @Test
    void sendsWhatBreaksTogetherInOneMessage() {
        fire(SLOW, "a");
        run(15 * SECOND);
        fire(SLOW, "b");

        run(MINUTE);

        assertThat(sent).singleElement().satisfies(notification -> assertThat(notification.firing())
                .hasSize(2));
    }

    @Test
    void sendsNothingForAnAlertThatEndsWithinTheGroupWait() {
        fire(SLOW, "a");
        run(15 * SECOND);
        resolve(SLOW, "a");

        assertThat(run(10 * MINUTE)).isEmpty();
    }

    @Test
    void reportsTheEndOfWhatItReported() {
        fire(SLOW, "a");
        run(MINUTE);
        resolve(SLOW, "a");

        assertThat(run(10 * MINUTE)).containsExactly(Kind.RESOLVED);
    }

    @Test
    void repeatsWhatStillFires() {
        fire(SLOW, "a");

        assertThat(run(9 * 60 * MINUTE)).containsExactly(Kind.FIRING, Kind.REPEAT, Kind.REPEAT);
    }

    @Test
    void escalatesOnceUnlessAcknowledged() {
        fire(DOWN, "m");
        assertThat(run(10 * MINUTE)).containsExactly(Kind.FIRING, Kind.ESCALATION);
        assertThat(sent.get(1).receiver()).isEqualTo("manager");

        fire(DOWN, "n");
        router.acknowledge(alert(DOWN, AlertState.FIRING, "n").fingerprint());

        assertThat(run(30 * MINUTE)).doesNotContain(Kind.ESCALATION);
    }

    @Test
    void reportsAnAcknowledgementOnceToThoseNotified() {
        fire(DOWN, "m");
        run(10 * MINUTE);
        sent.clear();
        router.acknowledge(alert(DOWN, AlertState.FIRING, "m").fingerprint());

        run(3 * 60 * MINUTE);

        assertThat(sent).extracting(Notification::kind).containsExactly(Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED);
        assertThat(sent).extracting(Notification::receiver).containsExactly("pagerduty", "manager");
    }

    @Test
    void reportsTheEndToWhomItWasEscalated() {
        fire(DOWN, "m");
        run(10 * MINUTE);
        sent.clear();
        resolve(DOWN, "m");

        run(10 * MINUTE);

        assertThat(sent).extracting(Notification::kind).containsExactly(Kind.RESOLVED, Kind.RESOLVED);
        assertThat(sent).extracting(Notification::receiver).containsExactly("pagerduty", "manager");
    }

    @Test
    void holdsBackWhatFollowsFromAnother() {
        fire(DOWN, "m");
        fire(SLOW, "m");
        fire(SLOW, "other");

        run(2 * MINUTE);

        assertThat(sent)
                .filteredOn(notification -> notification.receiver().equals("slack"))
                .singleElement()
                .satisfies(notification -> assertThat(notification.firing())
                        .extracting(alert -> alert.labels().get("model"))
                        .containsExactly("other"));
    }

    @Test
    void sendsWhatWasInhibitedOnceItsCauseIsOver() {
        fire(DOWN, "m");
        fire(SLOW, "m");
        run(2 * MINUTE);
        resolve(DOWN, "m");

        run(10 * MINUTE);

        assertThat(sent).extracting(Notification::receiver).contains("slack");
    }

    @Test
    void staysSilentDuringASilence() {
        router.silence(new Silence("s1", List.of(Matcher.parse("model=m")), 0, 10 * MINUTE, "ann", "upgrade"));
        fire(DOWN, "m");

        assertThat(run(9 * MINUTE)).isEmpty();
        assertThat(router.suppression(alert(DOWN, AlertState.FIRING, "m"), now)).contains("silence s1");
        assertThat(run(5 * MINUTE)).contains(Kind.FIRING);
        assertThat(router.silences(now)).isEmpty();
    }

    @Test
    void dampsAnAlertThatGoesOnAndOff() {
        int messages = 0;
        for (int round = 0; round < 30; round++) {
            fire(DOWN, "m");
            messages += run(MINUTE).size();
            resolve(DOWN, "m");
            messages += run(MINUTE).size();
        }

        assertThat(sent).extracting(Notification::kind).contains(Kind.FLAPPING);
        assertThat(messages).isLessThan(12);
    }

    @Test
    void refusesASilenceOfEverything() {
        assertThatThrownBy(() -> new Silence("s", List.of(Matcher.parse("model=~\".*\"")), 0, 1, "ann", "why"))
                .hasMessageContaining("must not match everything");
    }

    @Test
    void knowsBusinessHoursInTheirZone() {
        WeeklyHours hours = new WeeklyHours(
                Set.of(DayOfWeek.MONDAY, DayOfWeek.TUESDAY),
                LocalTime.of(9, 0),
                LocalTime.of(17, 0),
                ZoneId.of("Europe/Berlin"));

        assertThat(hours.contains(millis("2026-03-30T07:30:00Z"))).isTrue(); // the first Monday of summer time
        assertThat(hours.contains(millis("2026-03-23T07:30:00Z"))).isFalse(); // the Monday before
        assertThat(hours.contains(millis("2026-03-30T15:00:00Z"))).isFalse();
        assertThat(hours.contains(millis("2026-04-01T10:00:00Z"))).isFalse();
    }

    @Test
    void knowsHoursOverMidnight() {
        WeeklyHours night =
                new WeeklyHours(Set.of(DayOfWeek.SUNDAY), LocalTime.of(22, 0), LocalTime.of(4, 0), ZoneId.of("UTC"));

        assertThat(night.contains(millis("2026-11-29T23:00:00Z"))).isTrue();
        assertThat(night.contains(millis("2026-11-30T03:59:00Z"))).isTrue();
        assertThat(night.contains(millis("2026-11-30T04:00:00Z"))).isFalse();
        assertThat(night.contains(millis("2026-11-30T23:00:00Z"))).isFalse();
    }

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }
}
