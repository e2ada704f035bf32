package io.vitrine.grammar.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;

/**
 * A schema document with its identifiers and anchors. References are resolved within it only; nothing is ever
 * fetched.
 */
final class SchemaDocument {

    private static final URI NAMELESS = URI.create("schema:/document");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Set<String> VALUES = Set.of("enum", "const", "default", "examples");

    private final JsonNode root;
    private final Map<URI, String> resources = new HashMap<>();
    private final Map<String, String> anchors = new HashMap<>();
    private final Map<String, URI> bases = new HashMap<>();

    private SchemaDocument(JsonNode root) {
        this.root = root;
        resources.put(NAMELESS, "");
        index(root, "", NAMELESS);
    }

    /** @throws GrammarException if the text is no JSON or exceeds the limits of size and depth */
    static SchemaDocument parse(String text, GrammarLimits limits) {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.depth())
                        .maxNumberLength(1_000)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try (JsonParser parser = factory.createParser(text)) {
            JsonNode root = MAPPER.readTree(parser);
            if (root == null || parser.nextToken() != null) {
                throw new GrammarException("schema", "", "the schema must be one JSON value");
            }
            return new SchemaDocument(root);
        } catch (JsonProcessingException e) {
            throw new GrammarException("schema", "", "the schema is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode root() {
        return root;
    }

    JsonNode at(String pointer) {
        return root.at(JsonPointer.compile(pointer));
    }

    /** The pointer of what a reference at {@code from} refers to. */
    String resolve(String reference, String from) {
        int hash = reference.indexOf('#');
        String resource = hash < 0 ? reference : reference.substring(0, hash);
        String fragment = hash < 0 ? "" : reference.substring(hash + 1);
        try {
            URI base = base(from);
            URI target = resource.isEmpty() ? base : base.resolve(resource);
            String start = resources.get(target);
            String pointer = null;
            if (start != null && (fragment.isEmpty() || fragment.startsWith("/"))) {
                pointer = start + unescaped(fragment);
            } else if (start != null) {
                pointer = anchors.get(target + "#" + fragment);
            }
            if (pointer != null && !at(pointer).isMissingNode()) {
                return pointer;
            }
        } catch (IllegalArgumentException e) {
            throw new GrammarException("$ref", from, "$ref " + reference + " is no valid reference");
        }
        throw new GrammarException(
                "$ref", from, "$ref " + reference + " is not in this document; nothing is fetched from elsewhere");
    }

    /** The base of the innermost resource around a pointer. */
    private URI base(String pointer) {
        for (String around = pointer; ; around = around.substring(0, around.lastIndexOf('/'))) {
            URI base = bases.get(around);
            if (base != null) {
                return base;
            }
            if (around.isEmpty()) {
                return NAMELESS;
            }
        }
    }

    private void index(JsonNode node, String pointer, URI outer) {
        URI base = outer;
        if (node.path("$id").isTextual()) {
            try {
                base = outer.resolve(withoutFragment(node.path("$id").textValue()));
            } catch (IllegalArgumentException e) {
                throw new GrammarException("$id", pointer, "$id is no valid URI");
            }
            bases.put(pointer, base);
            resources.put(base, pointer);
        }
        if (node.path("$anchor").isTextual()) {
            anchors.put(base + "#" + node.path("$anchor").textValue(), pointer);
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                index(node.get(i), pointer + "/" + i, base);
            }
        }
        for (Map.Entry<String, JsonNode> property : node.properties()) {
            if (!VALUES.contains(property.getKey())) {
                index(property.getValue(), child(pointer, property.getKey()), base);
            }
        }
    }

    private static String withoutFragment(String uri) {
        int hash = uri.indexOf('#');
        return hash < 0 ? uri : uri.substring(0, hash);
    }

    static String child(String pointer, String property) {
        return pointer + "/" + property.replace("~", "~0").replace("/", "~1");
    }

    private static String unescaped(String fragment) {
        return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
