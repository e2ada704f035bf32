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
        ServedModel model = state.requireModel();
        boolean allowed = RequestGate.tenant(context).mayUse(model.name());
        Responses.json(context.response(), 200, ModelList.of(allowed ? List.of(card(model)) : List.of()));
    }

    void one(RoutingContext context) {
        String name = Paths.decode(context.normalizedPath().substring(PREFIX.length()));
        ServedModel model = state.requireModel();
        GenerationPlanner.requireAllowed(model, name, RequestGate.tenant(context));
        RequestLife.of(context).modelChosen(model.name());
        Responses.json(context.response(), 200, card(model));
    }

    private static ModelCard card(ServedModel model) {
        return ModelCard.of(model.name(), model.createdSeconds(), model.contextLength());
    }
}
