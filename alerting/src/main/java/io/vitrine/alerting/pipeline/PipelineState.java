package io.vitrine.alerting.pipeline;

import java.util.List;

import io.vitrine.alerting.routing.RouterState;
import io.vitrine.alerting.routing.Silence;
import io.vitrine.alerting.rules.StoredAlert;
import io.vitrine.alerting.slo.SloHour;

/**
 * What a pipeline must not forget over a restart.
 *
 * @param alerts pending and firing
 * @param hours of every objective, within its period
 */
public record PipelineState(List<StoredAlert> alerts, RouterState router, List<Silence> silences, List<SloHour> hours) {

    /** Of a first start. */
    public static final PipelineState EMPTY = new PipelineState(List.of(), RouterState.EMPTY, List.of(), List.of());

    public PipelineState {
        alerts = List.copyOf(alerts);
        silences = List.copyOf(silences);
        hours = List.copyOf(hours);
    }
}
