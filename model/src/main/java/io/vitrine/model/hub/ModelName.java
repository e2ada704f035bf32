package io.vitrine.model.hub;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A model's name as a person writes it, checked: {@code name} or {@code owner/name}. Being a relative path of one or two
 * plain steps it is also the model's place under the cache folder, and cannot lead out of it.
 */
record ModelName(String value) {

    private static final int MAXIMUM_CHARACTERS = 200;
    private static final String STEP = "[A-Za-z0-9][A-Za-z0-9._-]*";
    private static final Pattern NAME = Pattern.compile(STEP + "(/" + STEP + ")?");

    /** Ends of names that the cache itself gives to what lies beside a model. */
    static final String PARTIAL = ".partial";

    static final String LOCK = ".lock";

    ModelName {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "A model name is NAME or OWNER/NAME of letters, digits, '.', '_' and '-', at most "
                            + MAXIMUM_CHARACTERS + " characters, not ending in " + PARTIAL + " or " + LOCK + ": '"
                            + value.substring(0, Math.min(value.length(), MAXIMUM_CHARACTERS)) + "'");
        }
    }

    static boolean isValid(String value) {
        return value.length() <= MAXIMUM_CHARACTERS
                && NAME.matcher(value).matches()
                && !value.endsWith(PARTIAL)
                && !value.endsWith(LOCK);
    }

    /** Whether it has the form of a Hugging Face repository, {@code owner/name}. */
    boolean isRepository() {
        return value.indexOf('/') >= 0;
    }

    Path folderUnder(Path cache) {
        return cache.resolve(value);
    }

    Path partialFolderUnder(Path cache) {
        return cache.resolve(value + PARTIAL);
    }

    Path lockFileUnder(Path cache) {
        return cache.resolve(value + LOCK);
    }

    @Override
    public String toString() {
        return value;
    }
}
