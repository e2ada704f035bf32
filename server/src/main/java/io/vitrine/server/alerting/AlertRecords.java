package io.vitrine.server.alerting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.type.TypeReference;
import io.vitrine.alerting.pipeline.PipelineState;
import io.vitrine.alerting.routing.RouterState;
import io.vitrine.alerting.routing.RouterState.GroupState;
import io.vitrine.alerting.routing.Silence;
import io.vitrine.alerting.rules.Alert;
import io.vitrine.alerting.rules.AlertState;
import io.vitrine.alerting.rules.StoredAlert;
import io.vitrine.alerting.series.Matcher;
import io.vitrine.alerting.slo.SloHour;
import io.vitrine.store.ledger.AlertLedger;
import io.vitrine.store.ledger.AlertRow;
import io.vitrine.store.ledger.SilenceRow;
import io.vitrine.store.ledger.SloHourRow;

/** From a pipeline's state to rows of the ledger, and back. */
final class AlertRecords {

    private static final String GROUP = "group ";
    private static final String STARTS = "starts ";

    private AlertRecords() {}

    /** All that the ledger has. */
    static PipelineState read(AlertLedger ledger, long nowMillis) {
        Map<String, GroupState> groups = new LinkedHashMap<>();
        Map<String, List<Long>> starts = new LinkedHashMap<>();
        ledger.routing().forEach((key, json) -> {
            if (key.startsWith(GROUP)) {
                groups.put(key.substring(GROUP.length()), AlertJson.read(json, GroupState.class));
            } else if (key.startsWith(STARTS)) {
                starts.put(key.substring(STARTS.length()), AlertJson.read(json, new TypeReference<>() {}));
            }
        });
        return new PipelineState(
                ledger.alerts().stream().map(AlertRecords::alert).toList(),
                new RouterState(groups, starts),
                silences(ledger, nowMillis),
                ledger.hours().stream().map(AlertRecords::hour).toList());
    }

    /** Silences that have not ended. */
    static List<Silence> silences(AlertLedger ledger, long nowMillis) {
        return ledger.silences(nowMillis).stream().map(AlertRecords::silence).toList();
    }

    static AlertRow row(Alert alert) {
        return new AlertRow(
                alert.fingerprint(),
                alert.rule().name(),
                alert.rule().severity().name(),
                alert.state().name(),
                AlertJson.write(alert.labels()),
                alert.summary(),
                alert.value(),
                alert.activeSinceMillis(),
                alert.changedMillis());
    }

    private static StoredAlert alert(AlertRow row) {
        return StoredAlert.unended(
                row.rule(),
                AlertJson.labels(row.labels()),
                AlertState.valueOf(row.state()),
                row.value(),
                row.activeSinceMillis(),
                row.changedMillis());
    }

    /** JSON by key. */
    static Map<String, String> routing(RouterState state) {
        Map<String, String> rows = new LinkedHashMap<>();
        state.groups().forEach((key, group) -> rows.put(GROUP + key, AlertJson.write(group)));
        state.starts().forEach((fingerprint, times) -> rows.put(STARTS + fingerprint, AlertJson.write(times)));
        return rows;
    }

    static SilenceRow row(Silence silence) {
        return new SilenceRow(
                silence.id(),
                AlertJson.write(
                        silence.matchers().stream().map(Matcher::toString).toList()),
                silence.startMillis(),
                silence.endMillis(),
                silence.author(),
                silence.reason());
    }

    private static Silence silence(SilenceRow row) {
        return new Silence(
                row.id(),
                AlertJson.texts(row.matchers()).stream().map(Matcher::parse).toList(),
                row.startMillis(),
                row.endMillis(),
                row.author(),
                row.reason());
    }

    static SloHourRow row(SloHour hour) {
        List<double[]> minutes = new ArrayList<>();
        hour.minutes().forEach(minute -> minutes.add(new double[] {minute.index(), minute.bad(), minute.total()}));
        return new SloHourRow(
                hour.objective(),
                AlertJson.write(hour.labels()),
                hour.startMillis(),
                hour.bad(),
                hour.total(),
                AlertJson.write(minutes));
    }

    private static SloHour hour(SloHourRow row) {
        List<SloHour.Minute> minutes = new ArrayList<>();
        if (!row.minutes().isEmpty()) {
            for (double[] minute : AlertJson.read(row.minutes(), double[][].class)) {
                minutes.add(new SloHour.Minute((int) minute[0], minute[1], minute[2]));
            }
        }
        return new SloHour(
                row.objective(), AlertJson.labels(row.labels()), row.hourMillis(), row.bad(), row.total(), minutes);
    }

    /** Of an hour: longer than any window. */
    static final Duration MINUTES_KEPT = Duration.ofDays(3).plusHours(2);
}
