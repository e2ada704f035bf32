package io.vitrine.grammar.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.grammar.GrammarException;
import io.vitrine.grammar.GrammarLimits;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.cfg.Rule;
import io.vitrine.grammar.regex.JsonText;
import io.vitrine.grammar.regex.RegexParser;

/** Reads a JSON Schema into shapes. Every keyword is honoured exactly, is an annotation, or is refused by name. */
public final class SchemaReader {

    private static final Set<String> TYPES =
            Set.of("null", "boolean", "integer", "number", "string", "array", "object");
    private static final Set<String> NUMBER_KEYWORDS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final Set<String> STRING_KEYWORDS = Set.of("minLength", "maxLength", "pattern");
    private static final Set<String> ARRAY_KEYWORDS =
            Set.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems");
    private static final Set<String> OBJECT_KEYWORDS = Set.of(
            "properties",
            "patternProperties",
            "additionalProperties",
            "propertyNames",
            "required",
            "minProperties",
            "maxProperties");
    private static final Set<String> COMBINING_KEYWORDS =
            Set.of("type", "enum", "const", "format", "$ref", "allOf", "anyOf", "oneOf");
    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$id",
            "$anchor",
            "$comment",
            "$defs",
            "definitions",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "contentEncoding",
            "contentMediaType",
            "contentSchema");
    private static final int MAX_OVERLAPPING_PATTERNS = 4;
    private static final int MAX_ONE_OF = 64;

    private final SchemaDocument document;
    private final Languages languages;
    private final GrammarLimits limits;
    private final JsonText encoding;
    private final Formats formats;
    private final Shapes shapes;
    private final NumberText numbers;
    private final Map<String, Shape> read = new HashMap<>();

    private SchemaReader(SchemaDocument document, Languages languages, GrammarLimits limits) {
        this.document = document;
        this.languages = languages;
        this.limits = limits;
        this.encoding = new JsonText(languages);
        this.formats = new Formats(languages, encoding);
        this.numbers = new NumberText(languages);
        this.shapes = new Shapes(languages, encoding, numbers, this::at);
    }

    /**
     * The start rule of a schema's grammar.
     *
     * @throws GrammarException with the keyword and the JSON pointer of its subschema
     */
    public static Rule read(String schema, WhiteSpace whiteSpace, Languages languages, GrammarLimits limits) {
        SchemaReader reader = new SchemaReader(SchemaDocument.parse(schema, limits), languages, limits);
        return new SchemaRules(reader.shapes, reader.numbers, reader.encoding, whiteSpace, languages)
                .start(reader.at(""));
    }

    /**
     * The start rule of arguments; the root of the schema must have the type object.
     *
     * @param textParameters written raw in {@link Notation#PARAMETERS}
     */
    static Rule arguments(
            String schema,
            Notation notation,
            Set<String> textParameters,
            WhiteSpace whiteSpace,
            Languages languages,
            GrammarLimits limits) {
        SchemaReader reader = new SchemaReader(SchemaDocument.parse(schema, limits), languages, limits);
        return new SchemaRules(reader.shapes, reader.numbers, reader.encoding, whiteSpace, languages)
                .arguments(reader.at(""), notation, textParameters);
    }

    private Shape at(String pointer) {
        Shape known = read.get(pointer);
        if (known == null) {
            known = shape(document.at(pointer), pointer);
            read.put(pointer, known);
        }
        return known;
    }

    private Shape shape(JsonNode schema, String pointer) {
        if (schema.isBoolean()) {
            return schema.booleanValue() ? Shape.ANY : Shape.NEVER;
        }
        if (!schema.isObject()) {
            throw fault("schema", pointer, "a schema must be an object or a boolean");
        }
        requireSupported(schema, pointer);
        try {
            Shape shape = typed(schema, pointer);
            if (schema.has("enum")) {
                shape = shapes.intersection(shape, values(list(schema, "enum", pointer), pointer + "/enum"));
            }
            if (schema.has("const")) {
                shape = shapes.intersection(shape, values(List.of(schema.get("const")), pointer));
            }
            if (schema.has("$ref")) {
                String target = document.resolve(text(schema, "$ref", pointer), pointer);
                shape = shapes.intersection(shape, new Shape.Reference(Set.of(target)));
            }
            for (Shape part : subschemas(schema, "allOf", pointer)) {
                shape = shapes.intersection(shape, part);
            }
            if (schema.has("anyOf")) {
                shape = shapes.intersection(shape, Shape.union(subschemas(schema, "anyOf", pointer)));
            }
            if (schema.has("oneOf")) {
                shape = oneOf(shape, subschemas(schema, "oneOf", pointer), pointer);
            }
            return shape;
        } catch (GrammarException e) {
            throw e.pointer().isEmpty() ? fault(e.keyword(), pointer, String.valueOf(e.getMessage())) : e;
        }
    }

    private void requireSupported(JsonNode schema, String pointer) {
        for (String keyword : (Iterable<String>) schema::fieldNames) {
            if (!COMBINING_KEYWORDS.contains(keyword)
                    && !ANNOTATIONS.contains(keyword)
                    && !NUMBER_KEYWORDS.contains(keyword)
                    && !STRING_KEYWORDS.contains(keyword)
                    && !ARRAY_KEYWORDS.contains(keyword)
                    && !OBJECT_KEYWORDS.contains(keyword)) {
                throw fault(keyword, pointer, "the keyword " + keyword + " is not supported");
            }
        }
        if (schema.has("format")) {
            String name = text(schema, "format", pointer);
            if (!Formats.NUMERIC.contains(name) && !Formats.names().contains(name)) {
                throw fault(
                        "format",
                        pointer,
                        "the format " + name + " is not supported; supported are " + Formats.names());
            }
        }
    }

    private Shape typed(JsonNode schema, String pointer) {
        Set<String> types = types(schema, pointer);
        boolean constrained = false;
        for (String keyword : (Iterable<String>) schema::fieldNames) {
            constrained |= NUMBER_KEYWORDS.contains(keyword)
                    || STRING_KEYWORDS.contains(keyword)
                    || ARRAY_KEYWORDS.contains(keyword)
                    || OBJECT_KEYWORDS.contains(keyword)
                    || keyword.equals("format");
        }
        if (!constrained && types.equals(TYPES)) {
            return Shape.ANY;
        }
        List<Shape> alternatives = new ArrayList<>();
        for (String type : types) {
            switch (type) {
                case "null" -> alternatives.add(new Shape.Null());
                case "boolean" -> {
                    alternatives.add(new Shape.Bool(false));
                    alternatives.add(new Shape.Bool(true));
                }
                case "number" -> alternatives.add(numbers(range(schema, pointer)));
                case "integer" -> {
                    if (!types.contains("number")) {
                        alternatives.add(numbers(range(schema, pointer).integers()));
                    }
                }
                case "string" -> alternatives.add(new Shape.Text(content(schema, pointer)));
                case "array" -> alternatives.add(array(schema, pointer));
                default -> alternatives.add(object(schema, pointer));
            }
        }
        return Shape.union(alternatives);
    }

    /** Writes the range once, so that one that cannot be written is refused at its place. */
    private Shape numbers(NumberRange range) {
        numbers.of(range);
        return new Shape.Numbers(range);
    }

    private Set<String> types(JsonNode schema, String pointer) {
        JsonNode type = schema.path("type");
        Set<String> types = new LinkedHashSet<>();
        if (type.isMissingNode()) {
            return new LinkedHashSet<>(TYPES);
        }
        (type.isArray() ? type : List.of(type)).forEach(name -> types.add(name.isTextual() ? name.textValue() : ""));
        if (!TYPES.containsAll(types)) {
            throw fault(
                    "type",
                    pointer,
                    "type must be one or more of " + TYPES.stream().sorted().toList());
        }
        return types;
    }

    private NumberRange range(JsonNode schema, String pointer) {
        NumberRange range = NumberRange.ALL;
        if (schema.has("minimum")) {
            range = range.atLeast(number(schema, "minimum", pointer), false);
        }
        if (schema.has("exclusiveMinimum")) {
            range = range.atLeast(number(schema, "exclusiveMinimum", pointer), true);
        }
        if (schema.has("maximum")) {
            range = range.atMost(number(schema, "maximum", pointer), false);
        }
        if (schema.has("exclusiveMaximum")) {
            range = range.atMost(number(schema, "exclusiveMaximum", pointer), true);
        }
        if (schema.has("multipleOf")) {
            BigDecimal divisor = number(schema, "multipleOf", pointer);
            if (divisor.signum() <= 0) {
                throw fault("multipleOf", pointer, "multipleOf must be > 0: " + divisor);
            }
            range = range.multiplesOf(divisor);
        }
        switch (schema.path("format").asText()) {
            case "int32" ->
                range = range.integers()
                        .atLeast(BigDecimal.valueOf(Integer.MIN_VALUE), false)
                        .atMost(BigDecimal.valueOf(Integer.MAX_VALUE), false);
            case "int64" ->
                range = range.integers()
                        .atLeast(BigDecimal.valueOf(Long.MIN_VALUE), false)
                        .atMost(BigDecimal.valueOf(Long.MAX_VALUE), false);
            default -> {}
        }
        return range;
    }

    private Language content(JsonNode schema, String pointer) {
        List<Language> parts = new ArrayList<>();
        int min = count(schema, "minLength", 0, pointer);
        int max = count(schema, "maxLength", Integer.MAX_VALUE, pointer);
        if (min > max) {
            return languages.none();
        }
        if (schema.has("pattern")) {
            parts.add(pattern(text(schema, "pattern", pointer), "pattern", pointer));
        }
        formats.find(schema.path("format").asText()).ifPresent(parts::add);
        if (parts.isEmpty() || min > 0 || max < Integer.MAX_VALUE) {
            parts.add(languages.repetition(encoding.anyCharacter(), min, max));
        }
        return languages.intersection(parts);
    }

    private Language pattern(String expression, String keyword, String pointer) {
        try {
            return RegexParser.parse(expression, RegexParser.Match.SEARCH, encoding, languages, limits);
        } catch (GrammarException e) {
            throw fault(keyword, pointer, e.getMessage() + ": " + expression);
        }
    }

    private Shape array(JsonNode schema, String pointer) {
        if (schema.path("uniqueItems").asBoolean()) {
            throw fault("uniqueItems", pointer, "the keyword uniqueItems is not supported");
        }
        if (schema.path("items").isArray()) {
            throw fault("items", pointer, "items must be one schema; use prefixItems for a list of them");
        }
        Shape items = schema.has("items") ? at(SchemaDocument.child(pointer, "items")) : Shape.ANY;
        return Shapes.array(
                subschemas(schema, "prefixItems", pointer),
                items,
                count(schema, "minItems", 0, pointer),
                count(schema, "maxItems", Integer.MAX_VALUE, pointer));
    }

    private Shape object(JsonNode schema, String pointer) {
        List<Pattern> patterns = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry :
                members(schema, "patternProperties", pointer).properties()) {
            String at = SchemaDocument.child(pointer + "/patternProperties", entry.getKey());
            patterns.add(new Pattern(pattern(entry.getKey(), "patternProperties", pointer), at(at)));
        }
        Shape additional = schema.has("additionalProperties")
                ? at(SchemaDocument.child(pointer, "additionalProperties"))
                : Shape.ANY;
        Language names = names(schema, pointer);
        Shape.Properties others =
                new Shape.Properties(Map.of(), regions(patterns, additional, names, pointer), 0, Integer.MAX_VALUE);

        Map<String, Shape.Property> named = new LinkedHashMap<>();
        Set<String> required = new LinkedHashSet<>();
        for (JsonNode name : schema.has("required") ? list(schema, "required", pointer) : List.<JsonNode>of()) {
            if (!name.isTextual()) {
                throw fault("required", pointer, "required must be a list of names");
            }
            required.add(name.textValue());
        }
        for (Map.Entry<String, JsonNode> entry :
                members(schema, "properties", pointer).properties()) {
            String name = entry.getKey();
            Shape shape = at(SchemaDocument.child(pointer + "/properties", name));
            Language spelling = encoding.literal(name);
            for (Pattern pattern : patterns) {
                if (!languages.areDisjoint(pattern.names, spelling)) {
                    shape = shapes.intersection(shape, pattern.shape);
                }
            }
            if (languages.areDisjoint(names, spelling)) {
                shape = Shape.NEVER;
            }
            named.put(name, new Shape.Property(shape, required.contains(name)));
        }
        for (String name : required) {
            if (!named.containsKey(name)) {
                named.put(name, new Shape.Property(shapes.property(others, name).shape(), true));
            }
        }
        return Shapes.object(
                named,
                others.regions(),
                count(schema, "minProperties", 0, pointer),
                count(schema, "maxProperties", Integer.MAX_VALUE, pointer));
    }

    private record Pattern(Language names, Shape shape) {}

    /** Names that {@code propertyNames} permits, in their one spelling. */
    private Language names(JsonNode schema, String pointer) {
        if (!schema.has("propertyNames")) {
            return shapes.anyName();
        }
        Shape permitted = at(SchemaDocument.child(pointer, "propertyNames"));
        Shape texts = shapes.intersection(new Shape.Text(shapes.anyName()), permitted);
        List<Shape> alternatives = texts instanceof Shape.Union union ? union.alternatives() : List.of(texts);
        return languages.union(
                alternatives.stream().map(text -> ((Shape.Text) text).content()).toList());
    }

    /** Names by the set of patterns they match, and those that match none. */
    private List<Shape.Region> regions(List<Pattern> patterns, Shape additional, Language names, String pointer) {
        boolean disjoint = true;
        for (int i = 0; i < patterns.size(); i++) {
            for (int j = 0; j < i; j++) {
                disjoint &= languages.areDisjoint(patterns.get(i).names, patterns.get(j).names);
            }
        }
        List<Shape.Region> regions = new ArrayList<>();
        if (disjoint) {
            for (Pattern pattern : patterns) {
                addRegion(regions, languages.intersection(names, pattern.names), pattern.shape);
            }
        } else if (patterns.size() <= MAX_OVERLAPPING_PATTERNS) {
            for (int subset = 1; subset < (1 << patterns.size()); subset++) {
                Language common = names;
                Shape shape = Shape.ANY;
                for (int i = 0; i < patterns.size(); i++) {
                    boolean matched = ((subset >> i) & 1) != 0;
                    Language pattern = patterns.get(i).names;
                    common = languages.intersection(common, matched ? pattern : languages.complement(pattern));
                    shape = matched ? shapes.intersection(shape, patterns.get(i).shape) : shape;
                }
                addRegion(regions, common, shape);
            }
        } else {
            throw fault(
                    "patternProperties",
                    pointer,
                    "more than " + MAX_OVERLAPPING_PATTERNS + " patterns of which some match the same names");
        }
        Language none = languages.complement(
                languages.union(patterns.stream().map(Pattern::names).toList()));
        addRegion(regions, languages.intersection(names, none), additional);
        return regions;
    }

    private void addRegion(List<Shape.Region> regions, Language names, Shape shape) {
        if (!Shape.NEVER.equals(shape) && !languages.isEmpty(names)) {
            regions.add(new Shape.Region(names, shape));
        }
    }

    private Shape oneOf(Shape common, List<Shape> branches, String pointer) {
        if (branches.size() > MAX_ONE_OF) {
            throw fault("oneOf", pointer, "oneOf may have " + MAX_ONE_OF + " branches: " + branches.size());
        }
        List<Shape> permitted = branches.stream()
                .map(branch -> shapes.intersection(common, branch))
                .toList();
        for (int i = 0; i < permitted.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!shapes.areDisjoint(permitted.get(i), permitted.get(j))) {
                    throw fault(
                            "oneOf",
                            pointer,
                            "oneOf needs branches that exclude each other; " + j + " and " + i
                                    + " may share values (anyOf permits that)");
                }
            }
        }
        return Shape.union(permitted);
    }

    /** These values and no others. */
    private Shape values(List<JsonNode> values, String pointer) {
        List<Shape> alternatives = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (JsonNode value : values) {
            if (value.isTextual()) {
                texts.add(value.textValue());
            } else {
                alternatives.add(value(value, pointer));
            }
        }
        if (!texts.isEmpty()) {
            alternatives.add(new Shape.Text(encoding.literals(texts)));
        }
        return Shape.union(alternatives);
    }

    private Shape value(JsonNode value, String pointer) {
        if (value.isNull()) {
            return new Shape.Null();
        }
        if (value.isBoolean()) {
            return new Shape.Bool(value.booleanValue());
        }
        if (value.isNumber()) {
            return new Shape.Numbers(NumberRange.only(value.decimalValue()));
        }
        if (value.isArray()) {
            List<Shape> elements = new ArrayList<>();
            value.forEach(element -> elements.add(values(List.of(element), pointer)));
            return new Shape.Array(elements, Shape.NEVER, elements.size(), elements.size());
        }
        Map<String, Shape.Property> named = new LinkedHashMap<>();
        value.properties()
                .forEach(entry -> named.put(
                        entry.getKey(), new Shape.Property(values(List.of(entry.getValue()), pointer), true)));
        return value.isTextual()
                ? values(List.of(value), pointer)
                : new Shape.Properties(named, List.of(), 0, Integer.MAX_VALUE);
    }

    private List<Shape> subschemas(JsonNode schema, String keyword, String pointer) {
        List<Shape> shapesOfParts = new ArrayList<>();
        if (schema.has(keyword)) {
            for (int i = 0; i < list(schema, keyword, pointer).size(); i++) {
                shapesOfParts.add(at(pointer + "/" + keyword + "/" + i));
            }
        }
        return shapesOfParts;
    }

    private static List<JsonNode> list(JsonNode schema, String keyword, String pointer) {
        JsonNode value = schema.path(keyword);
        if (!value.isArray()) {
            throw fault(keyword, pointer, keyword + " must be a list");
        }
        List<JsonNode> elements = new ArrayList<>();
        value.forEach(elements::add);
        return elements;
    }

    private static JsonNode members(JsonNode schema, String keyword, String pointer) {
        JsonNode value = schema.path(keyword);
        if (!value.isObject() && !value.isMissingNode()) {
            throw fault(keyword, pointer, keyword + " must be an object");
        }
        return value;
    }

    private static String text(JsonNode schema, String keyword, String pointer) {
        if (!schema.path(keyword).isTextual()) {
            throw fault(keyword, pointer, keyword + " must be a string");
        }
        return schema.path(keyword).textValue();
    }

    private static BigDecimal number(JsonNode schema, String keyword, String pointer) {
        if (!schema.path(keyword).isNumber()) {
            throw fault(keyword, pointer, keyword + " must be a number");
        }
        return schema.path(keyword).decimalValue();
    }

    private int count(JsonNode schema, String keyword, int absent, String pointer) {
        if (!schema.has(keyword)) {
            return absent;
        }
        BigDecimal value = number(schema, keyword, pointer);
        if (value.signum() < 0 || value.stripTrailingZeros().scale() > 0) {
            throw fault(keyword, pointer, keyword + " must be a whole number >= 0: " + value);
        }
        if (value.compareTo(BigDecimal.valueOf(limits.repetitions())) > 0) {
            throw fault(keyword, pointer, keyword + " may be up to " + limits.repetitions() + ": " + value);
        }
        return value.intValueExact();
    }

    private static GrammarException fault(String keyword, String pointer, String message) {
        String where = pointer.isEmpty() ? "" : " (at " + pointer + ")";
        return new GrammarException(keyword, pointer, message.endsWith(where) ? message : message + where);
    }
}
