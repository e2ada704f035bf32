package io.vitrine.loadtest.overhead;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;

/**
 * The folder of an experiment: {@code experiment.json} and a line of {@code blocks.jsonl} for each block, written as
 * they are measured, so that an experiment that is interrupted can be analysed as far as it came.
 *
 * @param blocks in the order they were measured
 */
record RawData(Setup setup, List<Block> blocks) {

    static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(finiteNumbers())
            .build();

    private static final String SETUP = "experiment.json";
    private static final String BLOCKS = "blocks.jsonl";

    /** JSON has no number for what is not finite. */
    private static SimpleModule finiteNumbers() {
        JsonSerializer<Double> finite = new JsonSerializer<>() {

            @Override
            public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
                if (Double.isFinite(value)) {
                    json.writeNumber(value);
                } else {
                    json.writeNull();
                }
            }
        };
        return new SimpleModule().addSerializer(Double.class, finite).addSerializer(Double.TYPE, finite);
    }

    RawData {
        blocks = List.copyOf(blocks);
    }

    /** Begins a folder that has no experiment yet. */
    static void begin(Path folder, Setup setup) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve(SETUP), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(setup) + "\n");
        Files.writeString(folder.resolve(BLOCKS), "");
    }

    /** Refuses a folder that has an experiment: raw data is never overwritten. */
    static void requireFree(Path folder) {
        if (Files.exists(folder.resolve(SETUP))) {
            throw new IllegalArgumentException(
                    folder + " has an experiment already; --analyse reads it, another --folder begins a new one");
        }
    }

    static void append(Path folder, Block block) throws IOException {
        Files.writeString(folder.resolve(BLOCKS), JSON.writeValueAsString(block) + "\n", StandardOpenOption.APPEND);
    }

    /** @throws IllegalArgumentException if there is no experiment, or one of another format */
    static RawData read(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(SETUP)) || !Files.exists(folder.resolve(BLOCKS))) {
            throw new IllegalArgumentException(folder + " has no experiment: " + SETUP + " and " + BLOCKS);
        }
        Setup setup;
        List<Block> blocks = new ArrayList<>();
        try {
            setup = JSON.readValue(Files.readString(folder.resolve(SETUP)), Setup.class);
            for (String line : Files.readAllLines(folder.resolve(BLOCKS))) {
                blocks.add(JSON.readValue(line, Block.class));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(folder + " has data that cannot be read: " + e.getOriginalMessage(), e);
        }
        if (!Setup.FORMAT.equals(setup.format())) {
            throw new IllegalArgumentException(
                    folder + " must have the format " + Setup.FORMAT + ": " + setup.format());
        }
        return new RawData(setup, blocks);
    }
}
