package io.vitrine.loadtest.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** A report as JSON; {@code report.schema.json} describes it. A value that does not exist is null, never absent. */
public final class JsonReport {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private JsonReport() {}

    public static String write(Report report) {
        try {
            return JSON.writeValueAsString(report) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("cannot write the report as JSON", e);
        }
    }

    /** Reads a report that was written by {@link #write}. */
    public static Report read(Path file) throws IOException {
        Report report;
        try {
            report = JSON.readValue(Files.readString(file), Report.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no report of vitrine load: " + e.getOriginalMessage(), e);
        }
        if (!Report.FORMAT.equals(report.format())) {
            throw new IllegalArgumentException(
                    file + " must have the format " + Report.FORMAT + ": " + report.format());
        }
        return report;
    }
}
