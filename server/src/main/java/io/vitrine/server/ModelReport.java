package io.vitrine.server;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.vitrine.model.ModelText;
import io.vitrine.model.terminal.ShownText;
import io.vitrine.model.text.Tokenizer;
import io.vitrine.model.weights.Checkpoint;
import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.ModelWeights;

/** A model's facts in words, one a line. */
final class ModelReport {

    private final StringBuilder text = new StringBuilder();

    private ModelReport() {}

    static String of(Checkpoint checkpoint, ModelText modelText) {
        ModelReport report = new ModelReport();
        report.shape(checkpoint.config());
        report.tensors(checkpoint);
        report.text(modelText);
        return report.text.toString();
    }

    private void shape(ModelConfig config) {
        line("architecture", config.architecture());
        line("layers", config.layers());
        line("hidden size", config.hiddenSize());
        line("feed-forward size", config.intermediateSize());
        line("heads", config.heads() + " of " + config.headDim() + ", " + config.kvHeads() + " for keys and values");
        line("context", config.contextLength() + " tokens");
        line("vocabulary", config.vocabularySize() + " rows" + (config.tiedEmbeddings() ? ", head tied" : ""));
        line("rotary theta", config.ropeTheta());
        line("rotary scaling", config.ropeScaling());
    }

    private void tensors(ModelWeights weights) {
        Map<String, Long> countByType = weights.names().stream()
                .collect(Collectors.groupingBy(weights::storedType, TreeMap::new, Collectors.counting()));
        long bytes = weights.names().stream().mapToLong(weights::storedBytes).sum();
        line("tensors", weights.names().size() + ", " + (bytes >> 20) + " MiB");
        countByType.forEach((type, count) -> line("  " + type, count));
    }

    private void text(ModelText modelText) {
        Tokenizer tokenizer = modelText.tokenizer();
        line("tokens", tokenizer.vocabularySize());
        line(
                "end of text",
                modelText.endOfTextIds().stream()
                        .sorted()
                        .map(id -> id + " " + tokenizer.token(id))
                        .collect(Collectors.joining(", ")));
        line("chat template", modelText.chatTemplate().isPresent() ? "yes" : "no");
    }

    private void line(String name, Object value) {
        text.append(String.format("%-18s %s%n", ShownText.escaped(name), ShownText.escaped(String.valueOf(value))));
    }
}
