package io.vitrine.loadtest.report;

import java.util.List;
import java.util.stream.Collectors;

import io.vitrine.loadtest.report.Report.Samples;
import io.vitrine.loadtest.report.Report.Stage;
import org.jspecify.annotations.Nullable;

/** The measured requests as CSV, one a line; an empty field where a request has no such time. */
public final class CsvReport {

    private static final String HEAD =
            "stage,intended_seconds,outcome,ttft_user_ms,ttft_ms,tpot_ms,e2e_user_ms,e2e_ms,output_tokens\n";

    private CsvReport() {}

    public static String write(Report report) {
        return HEAD + report.stages().stream().map(CsvReport::lines).collect(Collectors.joining());
    }

    private static String lines(Stage stage) {
        Samples samples = stage.samples();
        StringBuilder lines = new StringBuilder();
        for (int index = 0; index < samples.outcome().size(); index++) {
            lines.append(stage.name())
                    .append(',')
                    .append(samples.intendedSeconds().get(index))
                    .append(',')
                    .append(samples.outcome().get(index));
            for (List<@Nullable Double> column : List.of(
                    samples.ttftUserMs(), samples.ttftMs(), samples.tpotMs(), samples.e2eUserMs(), samples.e2eMs())) {
                Double value = column.get(index);
                lines.append(',').append(value == null ? "" : value.toString());
            }
            lines.append(',').append(samples.outputTokens().get(index)).append('\n');
        }
        return lines.toString();
    }
}
