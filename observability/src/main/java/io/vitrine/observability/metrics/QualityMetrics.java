package io.vitrine.observability.metrics;

import java.util.List;

import io.vitrine.observability.ServiceQuality;
import io.vitrine.observability.ServiceQuality.Compliance;
import io.vitrine.observability.catalogue.BusinessMeters;
import io.vitrine.observability.catalogue.MeterDefinition;
import io.vitrine.observability.catalogue.SlaTarget;

/** Shows how well tenants are served, as last read; the first ones only, as series must be few. One thread at a time. */
final class QualityMetrics {

    private final LiveSeries series;
    private final int tenantLimit;

    QualityMetrics(Instruments instruments, int tenantLimit) {
        this.series = new LiveSeries(instruments);
        this.tenantLimit = tenantLimit;
    }

    synchronized void measured(ServiceQuality quality) {
        series.begin();
        first(quality.compliance()).forEach(this::show);
        first(quality.opinions()).forEach(opinion -> {
            String[] labels = {opinion.modelName(), opinion.tenantId()};
            series.show(BusinessMeters.SATISFACTION, opinion.satisfaction(), labels);
            series.show(BusinessMeters.FEEDBACK, (double) opinion.answers(), labels);
        });
        series.end();
    }

    private <T> List<T> first(List<T> all) {
        return all.subList(0, Math.min(all.size(), tenantLimit));
    }

    private void show(Compliance compliance) {
        String tenant = compliance.tenantId();
        show(BusinessMeters.SLA_COMPLIANCE, tenant, SlaTarget.AVAILABILITY, compliance.availability());
        show(BusinessMeters.SLA_COMPLIANCE, tenant, SlaTarget.TTFT, compliance.ttft());
        show(BusinessMeters.SLA_COMPLIANCE, tenant, SlaTarget.END_TO_END, compliance.endToEnd());
        show(BusinessMeters.SLA_TARGET, tenant, SlaTarget.AVAILABILITY, compliance.availabilityTarget());
        show(BusinessMeters.SLA_TARGET, tenant, SlaTarget.TTFT, compliance.percentile());
        show(BusinessMeters.SLA_TARGET, tenant, SlaTarget.END_TO_END, compliance.percentile());
    }

    private void show(MeterDefinition meter, String tenant, SlaTarget target, double value) {
        series.show(meter, value, tenant, target.label());
    }
}
