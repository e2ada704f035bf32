package io.vitrine.observability;

import java.util.List;

/** How well tenants are served: what they were promised and got, and what their users think. A reading, taken now and then. */
public record ServiceQuality(List<Compliance> compliance, List<Opinion> opinions) {

    public ServiceQuality {
        compliance = List.copyOf(compliance);
        opinions = List.copyOf(opinions);
    }

    /**
     * A tenant's requests of a while, as parts of 1; a promise that was not made is kept by all.
     *
     * @param percentile the part of requests that were promised to come in time
     * @param availabilityTarget the part that were promised to be served
     */
    public record Compliance(
            String tenantId,
            double availability,
            double availabilityTarget,
            double ttft,
            double endToEnd,
            double percentile) {}

    /**
     * What users think of a model's answers to one tenant's requests.
     *
     * @param answers of which somebody has said so
     * @param satisfaction their mean, 0 to 1
     */
    public record Opinion(String modelName, String tenantId, long answers, double satisfaction) {}
}
