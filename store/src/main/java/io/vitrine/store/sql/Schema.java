package io.vitrine.store.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a SQLite file: scripts that lead from each version to the next.
 *
 * <p>Version {@code n} is what the first {@code n} scripts have made; the file itself remembers it in {@code PRAGMA user_version}. A
 * script that has been released is never changed: a new one is added.
 */
public record Schema(List<String> scripts) {

    public Schema {
        scripts = List.copyOf(scripts);
    }

    /** Reads scripts that lie as resources beside {@code owner}, oldest first. */
    public static Schema of(Class<?> owner, String... names) {
        List<String> scripts = new ArrayList<>();
        for (String name : names) {
            scripts.add(resource(owner, name));
        }
        return new Schema(scripts);
    }

    /** The version that this program writes. */
    public int version() {
        return scripts.size();
    }

    private static String resource(Class<?> owner, String name) {
        try (InputStream script = owner.getResourceAsStream(name)) {
            if (script == null) {
                throw new IllegalStateException("no script " + name + " beside " + owner.getName());
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
