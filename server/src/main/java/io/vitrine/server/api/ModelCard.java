package io.vitrine.server.api;

/**
 * A model that can be asked for.
 *
 * @param created when it was loaded, in seconds since 1970
 * @param maxModelLen longest prompt and answer together, in tokens
 */
public record ModelCard(String id, String object, long created, String ownedBy, int maxModelLen) {

    public static ModelCard of(String id, long created, int maxModelLen) {
        return new ModelCard(id, "model", created, "vitrine", maxModelLen);
    }
}
