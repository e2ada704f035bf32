package io.vitrine.model.hub;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"smollm2-135m-instruct", "HuggingFaceTB/SmolLM2-135M-Instruct", "a", "a/b", "v1.0_x"})
    void takesNamesAndRepositories(String name) {
        assertThat(new ModelName(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a/b/c",
                "..",
                "../a",
                "a/..",
                ".hidden",
                "a b",
                "a\\b",
                "a\nb",
                "ä",
                "a.partial",
                "o/a.partial",
                "a.lock",
                "-a",
                "a?b",
                "a%2e"
            })
    void refusesWhatIsNoNameOrLeadsElsewhere(String name) {
        assertThat(ModelName.isValid(name)).isFalse();
        assertThatThrownBy(() -> new ModelName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("'" + name + "'");
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThat(ModelName.isValid("a".repeat(200))).isTrue();
        assertThat(ModelName.isValid("a".repeat(201))).isFalse();
    }

    @Test
    void hasItsPlaceUnderTheCache() {
        ModelName name = new ModelName("owner/model");

        assertThat(name.folderUnder(Path.of("/c"))).isEqualTo(Path.of("/c/owner/model"));
        assertThat(name.partialFolderUnder(Path.of("/c"))).isEqualTo(Path.of("/c/owner/model.partial"));
        assertThat(name.lockFileUnder(Path.of("/c"))).isEqualTo(Path.of("/c/owner/model.lock"));
        assertThat(name.isRepository()).isTrue();
        assertThat(new ModelName("model").isRepository()).isFalse();
    }
}
