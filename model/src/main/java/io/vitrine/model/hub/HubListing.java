package io.vitrine.model.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a hub repository holds, as {@code /api/models/OWNER/NAME?blobs=true} tells it, cut down to the files a model is
 * opened from. The names come from outside and become file names here, so only plain ones count.
 */
final class HubListing {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Set<String> NEEDED = Set.of("config.json", "tokenizer.json");
    private static final Set<String> WELCOME = Set.of(
            "generation_config.json", "tokenizer_config.json", "chat_template.jinja", "model.safetensors.index.json");
    private static final String WEIGHTS = ".safetensors";

    private final HubSettings hub;
    private final ModelName repository;
    private final JsonNode answer;

    private HubListing(HubSettings hub, ModelName repository, JsonNode answer) {
        this.hub = hub;
        this.repository = repository;
        this.answer = answer;
    }

    /** The files to download, in the repository's order. */
    static List<RemoteFile> read(Path json, HubSettings hub, ModelName repository)
            throws IOException, ModelSourceException {
        try {
            return new HubListing(hub, repository, JSON.readTree(json.toFile())).files();
        } catch (JsonProcessingException e) {
            throw new ModelSourceException("the list of its files is no JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ModelSourceException("the list of its files cannot be used: " + e.getMessage(), e);
        }
    }

    private List<RemoteFile> files() throws ModelSourceException {
        List<JsonNode> plain = new ArrayList<>();
        answer.path("siblings").forEach(sibling -> {
            if (PLAIN_NAME.matcher(nameOf(sibling)).matches()) {
                plain.add(sibling);
            }
        });
        // Some repositories hold the same weights a second time, under another name than transformers' own.
        boolean standardNames = plain.stream()
                .anyMatch(sibling -> isWeights(sibling) && nameOf(sibling).startsWith("model"));
        List<RemoteFile> chosen = plain.stream()
                .filter(sibling -> isWeights(sibling)
                        ? !standardNames || nameOf(sibling).startsWith("model")
                        : NEEDED.contains(nameOf(sibling)) || WELCOME.contains(nameOf(sibling)))
                .map(this::remoteFile)
                .toList();
        requireWhole(chosen);
        return chosen;
    }

    private void requireWhole(List<RemoteFile> chosen) throws ModelSourceException {
        List<String> names = chosen.stream().map(RemoteFile::name).toList();
        List<String> missing = new ArrayList<>(
                NEEDED.stream().filter(name -> !names.contains(name)).sorted().toList());
        if (names.stream().noneMatch(name -> name.endsWith(WEIGHTS))) {
            missing.add("*" + WEIGHTS);
        }
        if (!missing.isEmpty()) {
            throw new ModelSourceException("the repository lacks " + String.join(", ", missing)
                    + "; of a repository of .gguf files, download one and give its path");
        }
    }

    private RemoteFile remoteFile(JsonNode sibling) {
        String name = nameOf(sibling);
        String path = "/" + repository + "/resolve/" + revision() + "/" + name;
        return new RemoteFile(name, hub.at(path), bytesOf(sibling), checksumOf(sibling));
    }

    /** The commit that was listed, so that a push in between cannot mix two versions. */
    private String revision() {
        String commit = answer.path("sha").asText("");
        return COMMIT.matcher(commit).matches() ? commit : "main";
    }

    private static OptionalLong bytesOf(JsonNode sibling) {
        JsonNode size = sibling.path("lfs").path("size");
        size = size.isIntegralNumber() ? size : sibling.path("size");
        return size.isIntegralNumber() ? OptionalLong.of(size.asLong()) : OptionalLong.empty();
    }

    /** For a file in Git LFS, {@code blobId} names the pointer and not the contents. */
    private static Optional<Checksum> checksumOf(JsonNode sibling) {
        if (sibling.path("lfs").isObject()) {
            return text(sibling.path("lfs"), "sha256").map(hex -> new Checksum(Checksum.Kind.SHA256, hex));
        }
        return text(sibling, "blobId").map(hex -> new Checksum(Checksum.Kind.GIT_BLOB, hex));
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.ofNullable(node.path(field).textValue());
    }

    private static boolean isWeights(JsonNode sibling) {
        return nameOf(sibling).endsWith(WEIGHTS);
    }

    private static String nameOf(JsonNode sibling) {
        return sibling.path("rfilename").asText("");
    }
}
