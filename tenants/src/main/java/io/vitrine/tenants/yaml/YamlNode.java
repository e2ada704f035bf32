package io.vitrine.tenants.yaml;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * A place in a YAML text, with its path for the errors: {@code tenants.yaml: tenants[2].limits must …}. Every scalar is read
 * as text, so that a price has the digits that someone wrote and no binary fraction comes between. Not changed once made.
 */
public final class YamlNode {

    private static final int MAX_CHARACTERS = 64 << 20;

    private final String source;
    private final String path;
    private final Object value;

    private YamlNode(String source, String path, Object value) {
        this.source = source;
        this.path = path;
        this.value = value;
    }

    /**
     * Reads a whole text; an empty one is an empty mapping. Duplicate keys and aliases are refused.
     *
     * @param source names it in errors
     */
    public static YamlNode parse(String text, String source) {
        LoadSettings strict = LoadSettings.builder()
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(0)
                .setCodePointLimit(MAX_CHARACTERS)
                .setSchema(new FailsafeSchema())
                .setTagConstructors(Map.of(Tag.NULL, node -> ""))
                .build();
        try {
            Iterator<Object> documents =
                    new Load(strict).loadAllFromString(text).iterator();
            Object first = documents.hasNext() ? documents.next() : Map.of();
            if (documents.hasNext()) {
                throw new YamlException(source + " must hold one YAML document");
            }
            return new YamlNode(source, "", first);
        } catch (YamlEngineException e) {
            throw new YamlException(source + " " + YamlProblems.describe(e), e);
        }
    }

    /** The value of a key of this mapping, if it is there. */
    public Optional<YamlNode> find(String key) {
        return Optional.ofNullable(map().get(key)).map(inner -> at(path.isEmpty() ? key : path + "." + key, inner));
    }

    public YamlNode get(String key) {
        return find(key).orElseThrow(() -> error("must have the key " + key));
    }

    /** Refuses the mapping if it has any other key. */
    public YamlNode onlyKeys(String... known) {
        Set<String> unknown = new TreeSet<>();
        map().keySet().forEach(key -> unknown.add(String.valueOf(key)));
        unknown.removeAll(Set.of(known));
        if (!unknown.isEmpty()) {
            throw error("has unknown keys " + unknown + "; known are " + List.of(known));
        }
        return this;
    }

    /** The items of this sequence. */
    public List<YamlNode> items() {
        if (!(value instanceof List<?> list)) {
            throw error("must be a list: " + value);
        }
        List<YamlNode> items = new ArrayList<>(list.size());
        for (Object item : list) {
            items.add(at(path + "[" + items.size() + "]", item));
        }
        return items;
    }

    /** This scalar, never empty. */
    public String text() {
        if (!(value instanceof String text) || text.isEmpty()) {
            throw error("must have one value: " + value);
        }
        return text;
    }

    public long wholeNumber(long min, long max) {
        try {
            long number = Long.parseLong(text());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the limits.
        }
        throw error("must be a whole number from " + min + " to " + max + ": " + value);
    }

    /** A decimal fraction, exactly as written. */
    public BigDecimal decimal(BigDecimal min, BigDecimal max) {
        try {
            // More characters than any amount needs, and 1e999999999 would be no amount either.
            BigDecimal number = text().length() > 40 ? max.add(BigDecimal.ONE) : new BigDecimal(text());
            if (Math.abs(number.scale()) <= 40 && number.compareTo(min) >= 0 && number.compareTo(max) <= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with the limits.
        }
        throw error("must be a number from " + min.toPlainString() + " to " + max.toPlainString() + ": " + value);
    }

    /** The constant whose name this is, in lower case with dashes. */
    public <E extends Enum<E>> E oneOf(Class<E> type) {
        List<String> labels = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String label = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (label.equals(value)) {
                return constant;
            }
            labels.add(label);
        }
        throw error("must be one of " + labels + ": " + value);
    }

    /** An error about this place. */
    public YamlException error(String problem) {
        return new YamlException(source + ": " + (path.isEmpty() ? "the file" : path) + " " + problem);
    }

    private Map<?, ?> map() {
        if (!(value instanceof Map<?, ?> map)) {
            throw error("must be a mapping of keys to values: " + value);
        }
        return map;
    }

    private YamlNode at(String inner, Object innerValue) {
        return new YamlNode(source, inner, innerValue);
    }
}
