package io.vitrine.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A tenant's settings one by one, with dotted names: {@code limits.requests-per-minute=60}. */
final class TenantChange {

    private static final String LIST = "models";

    private TenantChange() {}

    /** Changes one setting in the JSON of a tenant; what it may be is for who reads that to say. */
    static void apply(ObjectNode tenant, String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("a setting must be NAME=VALUE: " + assignment);
        }
        String[] path = assignment.substring(0, equals).split("\\.", -1);
        String value = assignment.substring(equals + 1);
        if (path.length > 2 || path[0].equals("id")) {
            throw new IllegalArgumentException("there is no such setting: " + assignment.substring(0, equals));
        }
        ObjectNode parent = path.length == 1 ? tenant : parent(tenant, path[0]);
        put(parent, path[path.length - 1], value);
        if (parent.isEmpty()) {
            tenant.remove(path[0]);
        }
    }

    private static ObjectNode parent(ObjectNode tenant, String name) {
        if (tenant.has(name) && !tenant.get(name).isObject()) {
            throw new IllegalArgumentException(name + " has no settings below it");
        }
        return tenant.withObjectProperty(name);
    }

    private static void put(ObjectNode parent, String name, String value) {
        if (value.isEmpty()) {
            parent.remove(name);
        } else if (name.equals(LIST)) {
            ArrayNode list = parent.putArray(name);
            for (String item : value.split(",", -1)) {
                list.add(item.strip());
            }
        } else {
            parent.put(name, value);
        }
    }

    /** Every setting that is set, by its dotted name. */
    static Map<String, String> settings(ObjectNode tenant) {
        Map<String, String> settings = new LinkedHashMap<>();
        tenant.properties().forEach(field -> {
            if (field.getValue().isObject()) {
                field.getValue()
                        .properties()
                        .forEach(inner -> settings.put(
                                field.getKey() + "." + inner.getKey(),
                                inner.getValue().asText()));
            } else {
                settings.put(field.getKey(), text(field.getValue()));
            }
        });
        return settings;
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(","))
                : value.asText();
    }
}
