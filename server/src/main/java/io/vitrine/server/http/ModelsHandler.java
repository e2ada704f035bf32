package io.vitrine.server.http;

import java.util.List;

import io.vertx.ext.web.RoutingContext;
import io.vitrine.server.api.ModelCard;
import io.vitrine.server.api.ModelList;
import io.vitrine.server.inference.GenerationPlanner;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.server.inference.ServingState;

/** Says which models can be asked for. */
final class ModelsHandler {

    private static final String PREFIX = "/v1/models/";

    private final ServingState state;

    ModelsHandler(ServingState state) {
        this.state = state;
    }

    void list(RoutingContext context) {
        Responses.json(context.response(), 200, ModelList.of(List.of(card(state.requireModel()))));
    }

    void one(RoutingContext context) {
        String name = Paths.decode(context.normalizedPath().substring(PREFIX.length()));
        ServedModel model = state.requireModel();
        if (!model.name().equals(name)) {
            throw GenerationPlanner.modelNotFound(name);
        }
        RequestLife.of(context).modelChosen(model.name());
        Responses.json(context.response(), 200, card(model));
    }

    private static ModelCard card(ServedModel model) {
        return ModelCard.of(model.name(), model.createdSeconds(), model.contextLength());
    }
}
