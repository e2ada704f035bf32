package io.vitrine.server.api;

import java.util.List;

/** The models that can be asked for. */
public record ModelList(String object, List<ModelCard> data) {

    public static ModelList of(List<ModelCard> models) {
        return new ModelList("list", models);
    }
}
