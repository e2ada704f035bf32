package io.vitrine.grammar.mask;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.Vocabularies;
import io.vitrine.grammar.schema.WhiteSpace;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bit by bit against llguidance along random walks. Where {@code VITRINE_TEST_PYTHON} names no Python with {@code
 * llguidance}, skipped, and failed in CI. One difference is by intent: llguidance refuses U+007F inside JSON strings,
 * which RFC 8259 permits.
 */
class LlguidanceIT {

    private static final List<byte[]> TOKENS = Vocabularies.smolLm2();
    private static final TokenTrie TRIE = Vocabularies.smolLm2Trie(TOKENS);
    private static final int WALKS = 4;
    private static final int MAX_TOKENS = 25;
    private static final int MAX_MINUTES = 5;
    private static final JsonMapper MAPPER = new JsonMapper();

    private record Constraint(String kind, String source) {

        Grammar grammar() {
            return switch (kind) {
                case "json_schema" -> Grammar.jsonSchema(source, WhiteSpace.NONE);
                case "regex" -> Grammar.regex(source);
                default -> Grammar.gbnf(source);
            };
        }
    }

    private static final List<Constraint> CONSTRAINTS = List.of(
            schema("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"}},"
                    + "\"required\":[\"a\",\"name\"],\"additionalProperties\":false}"),
            schema(
                    "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"boolean\"},\"y\":{\"type\":\"null\"},\"z\":{\"type\":"
                            + "\"array\",\"items\":{\"enum\":[\"red\",\"green\",\"blue\",17]}}},\"additionalProperties\":false}"),
            schema("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}"),
            schema(
                    "{\"type\":\"array\",\"items\":{\"anyOf\":[{\"type\":\"string\",\"maxLength\":12},{\"const\":\"é\\\"\"}]},"
                            + "\"minItems\":2,\"maxItems\":4}"),
            schema("{\"type\":\"integer\",\"minimum\":-17,\"maximum\":1203}"),
            schema("{\"type\":\"string\",\"pattern\":\"^[A-Z]{2,4}-[0-9]+$\"}"),
            schema("{\"type\":\"string\",\"format\":\"date\"}"),
            schema(
                    "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"v\":{\"type\":\"integer\"},"
                            + "\"c\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/n\"}}},\"required\":[\"v\",\"c\"],"
                            + "\"additionalProperties\":false}}}"),
            schema(
                    "{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"minimum\":3}}},{\"properties\":{\"a\":{\"type\":"
                            + "\"integer\",\"maximum\":40}},\"required\":[\"a\"],\"additionalProperties\":false}]}"),
            new Constraint("regex", "(yes|no|[0-9]{3}-[a-zé]+)(, (yes|no))*"),
            new Constraint("gbnf", "root ::= item (\", \" item)*\nitem ::= [a-z]+ | \"(\" root \")\"\n"));

    private static Constraint schema(String source) {
        return new Constraint("json_schema", source);
    }

    @Test
    void masksAreTheSameBitByBit(@TempDir Path folder) throws Exception {
        String python = requirePython();
        List<String> requests = new ArrayList<>();
        List<List<List<Integer>>> ours = new ArrayList<>();
        for (Constraint constraint : CONSTRAINTS) {
            for (int walk = 0; walk < WALKS; walk++) {
                List<Integer> tokens = new ArrayList<>();
                ours.add(walk(constraint, new Random(walk), tokens));
                requests.add(MAPPER.writeValueAsString(
                        Map.of("kind", constraint.kind, "source", constraint.source, "tokens", tokens)));
            }
        }
        List<String> answers = ask(python, folder, requests);
        Map<String, String> differences = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            JsonNode answer = MAPPER.readTree(answers.get(i));
            assertThat(answer.path("error").asText()).as(requests.get(i)).isEmpty();
            for (int position = 0; position < ours.get(i).size(); position++) {
                String difference = difference(
                        ours.get(i).get(position), theirs(answer.path("masks").get(position)));
                if (!difference.isEmpty()) {
                    differences.putIfAbsent(requests.get(i), "mask " + position + ": " + difference);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    /** Tokens with a backslash are not walked: escapes may be spelled in ways in which the libraries differ. */
    private static List<List<Integer>> walk(Constraint constraint, Random random, List<Integer> tokens) {
        Matcher matcher =
                constraint.grammar().compile(TRIE, GrammarLimits.DEFAULT).matcher();
        List<List<Integer>> masks = new ArrayList<>();
        while (true) {
            List<Integer> allowed = RandomText.allowed(matcher, TRIE);
            masks.add(allowed);
            List<Integer> plain = allowed.stream()
                    .filter(token -> !contains(token, '\\') && !contains(token, 0x7F))
                    .toList();
            if (tokens.size() == MAX_TOKENS || plain.isEmpty()) {
                return masks;
            }
            int token = RandomText.choose(plain, TRIE, random);
            if (TRIE.isEndOfText(token)) {
                return masks;
            }
            matcher.accept(token);
            tokens.add(token);
        }
    }

    private static String difference(List<Integer> ours, List<Integer> theirs) {
        List<Integer> more = new ArrayList<>(ours);
        more.removeAll(theirs.size() > 1_000 ? new HashSet<>(theirs) : theirs);
        more.removeIf(token -> contains(token, 0x7F));
        List<Integer> fewer = new ArrayList<>(theirs);
        fewer.removeAll(ours.size() > 1_000 ? new HashSet<>(ours) : ours);
        return more.isEmpty() && fewer.isEmpty()
                ? ""
                : "ours only " + spelled(more) + ", theirs only " + spelled(fewer);
    }

    private static List<String> spelled(List<Integer> tokens) {
        return tokens.stream()
                .limit(20)
                .map(token -> new String(TOKENS.get(token), StandardCharsets.UTF_8))
                .toList();
    }

    private static boolean contains(int token, int value) {
        for (byte b : TOKENS.get(token)) {
            if ((b & 0xFF) == value) {
                return true;
            }
        }
        return false;
    }

    private static List<Integer> theirs(JsonNode hexadecimal) {
        byte[] bits = HexFormat.of().parseHex(hexadecimal.textValue());
        List<Integer> tokens = new ArrayList<>();
        for (int token = 0; token < TRIE.size(); token++) {
            if (((bits[token / 8] >> (token % 8)) & 1) != 0) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    private static List<String> ask(String python, Path folder, List<String> requests) throws Exception {
        Path in = Files.write(folder.resolve("requests"), requests);
        Path out = folder.resolve("answers");
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(
                        python,
                        Path.of("src/test/python/llguidance_masks.py").toString(),
                        Path.of(Vocabularies.class
                                        .getResource("smollm2-vocabulary.gz")
                                        .toURI())
                                .toString(),
                        "2")
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("llguidance did not end");
        }
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return Files.readAllLines(out);
    }

    private static String requirePython() throws IOException, InterruptedException {
        String python = System.getenv("VITRINE_TEST_PYTHON");
        boolean installed = python != null
                && new ProcessBuilder(python, "-c", "import llguidance")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
        if (!installed && Boolean.parseBoolean(System.getenv("CI"))) {
            Assertions.fail("llguidance is missing");
        }
        Assumptions.assumeTrue(installed, "VITRINE_TEST_PYTHON names no Python with llguidance");
        return python;
    }
}
