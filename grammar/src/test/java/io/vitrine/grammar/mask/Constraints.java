package io.vitrine.grammar.mask;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.vitrine.grammar.Grammar;
import io.vitrine.grammar.schema.WhiteSpace;

/** Constraints of every kind, for tests that hold for all of them. */
final class Constraints {

    private static final String TREE = """
            {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object",
              "properties": {"value": {"type": "number", "minimum": -3.5, "exclusiveMaximum": 1000},
                             "children": {"type": "array", "maxItems": 3, "items": {"$ref": "#/$defs/node"}}},
              "required": ["value"], "additionalProperties": false}}}
            """;
    private static final String PERSON = """
            {"type": "object", "additionalProperties": false, "required": ["name", "role"],
             "properties": {
               "name": {"type": "string", "minLength": 2, "maxLength": 40},
               "age": {"type": "integer", "minimum": 0, "maximum": 150},
               "role": {"enum": ["admin", "user", "Gäst \\"x\\"", 7, null]},
               "mail": {"type": "string", "format": "email"},
               "born": {"type": "string", "format": "date"},
               "code": {"type": "string", "pattern": "^[A-Z]{2,4}-\\\\d+$"},
               "step": {"type": "number", "multipleOf": 0.25},
               "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1}}}
            """;
    private static final String MAP = """
            {"type": "object", "properties": {"kind": {"const": "map"}}, "required": ["kind"],
             "patternProperties": {"^x-": {"type": "boolean"}, "[0-9]$": {"type": ["boolean", "null"]}},
             "additionalProperties": {"anyOf": [{"type": "integer"}, {"type": "array", "prefixItems": [{"type": "null"}]}]},
             "maxProperties": 4}
            """;
    private static final String ARITHMETIC = """
            root ::= sum
            sum ::= sum "+" product | product  # left recursion
            product ::= factor ("*" product)?
            factor ::= [0-9]{1,3} | "(" sum ")" | name
            name ::= "é" [^()+* ]{0,5}
            """;

    private Constraints() {}

    static Map<String, Grammar> all() {
        Map<String, Grammar> all = new TreeMap<>();
        all.put("tree", Grammar.jsonSchema(TREE, WhiteSpace.DEFAULT));
        all.put("person", Grammar.jsonSchema(PERSON, WhiteSpace.NONE));
        all.put("map", Grammar.jsonSchema(MAP, new WhiteSpace(1, -1)));
        all.put("object", Grammar.jsonObject(WhiteSpace.DEFAULT));
        all.put("regex", Grammar.regex("(a|ab|[α-ω]+)*c{2,}|\\d{3}-\\w+"));
        all.put("choice", Grammar.choice(List.of("yes", "yesterday", "no", "näh", "")));
        all.put("arithmetic", Grammar.gbnf(ARITHMETIC));
        // A lexeme that ends within plain text, where the next one goes on.
        all.put("adjacent", Grammar.gbnf("root ::= [^\\x00-\\x1F\"\\\\]{2} tail\ntail ::= \"x\" tail | \"yz\""));
        return all;
    }
}
