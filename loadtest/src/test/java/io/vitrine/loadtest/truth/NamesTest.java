package io.vitrine.loadtest.truth;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NamesTest {

    /** The page is made from the server's catalogue, and a test there holds it to that. */
    @Test
    void areThoseOfTheServersCatalogue() throws IOException, IllegalAccessException {
        String catalogue = Files.readString(Path.of("../docs/telemetry.md"));

        for (Field field : Names.class.getDeclaredFields()) {
            assertThat(catalogue).contains("`" + field.get(null) + "`");
        }
    }
}
