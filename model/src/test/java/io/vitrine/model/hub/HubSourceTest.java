package io.vitrine.model.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HubSourceTest {

    private static final int HALF = 150_000;

    private final FakeHub hub = FakeHub.withTinyModel();
    private final RecordingProgress progress = new RecordingProgress();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void downloadsTheFilesOfAModelAndNothingElse() throws Exception {
        fetch();

        assertThat(names()).containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(progress.events).containsExactly("started owner/tiny from 127.0.0.1 0/300020", "finished 300020");
    }

    @Test
    void asksForTheCommitThatWasListed() throws Exception {
        fetch();

        assertThat(hub.requests)
                .extracting(FakeHub.Request::path)
                .containsExactly(
                        "/api/models/owner/tiny",
                        "/owner/tiny/resolve/" + FakeHub.COMMIT + "/config.json",
                        "/owner/tiny/resolve/" + FakeHub.COMMIT + "/tokenizer.json",
                        "/owner/tiny/resolve/" + FakeHub.COMMIT + "/model.safetensors");
    }

    @Test
    void sendsTheTokenToTheHubAndNotToWhereItRedirects() throws Exception {
        try (FakeHub store = FakeHub.withTinyModel()) {
            hub.redirect = Optional.of(store.endpoint());

            fetch(hub.settings().withToken("secret"));

            assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
            assertThat(hub.requests).allMatch(request -> request.authorization().equals(Optional.of("Bearer secret")));
            assertThat(store.requests).hasSize(3).allMatch(request -> request.authorization()
                    .isEmpty());
        }
    }

    @Test
    void followsARedirectThatStaysOnTheHubWithTheToken() throws Exception {
        hub.redirect = Optional.of(URI.create(hub.endpoint() + "/store"));

        fetch(hub.settings().withToken("secret"));

        assertThat(hub.requests).hasSize(7).allMatch(request -> request.authorization()
                .equals(Optional.of("Bearer secret")));
    }

    @Test
    void givesUpOnRedirectsInACircle() {
        hub.redirect = Optional.of(hub.endpoint());

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageStartingWith("config.json: more than 10 redirects from http://127.0.0.1");
    }

    @Test
    void doesNotFollowARedirectToAnotherProtocol() {
        hub.redirect = Optional.of(URI.create("ftp://127.0.0.1"));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageContaining("redirects to an address that is not followed: 'ftp://127.0.0.1");
    }

    @Test
    void goesOnWhereABrokenConnectionEnded() throws Exception {
        hub.breaks.addAll(List.of(HALF, 100));

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        List<String> ranges = hub.rangesAskedOf("model.safetensors");
        assertThat(ranges).hasSize(3).first().isEqualTo("all");
        assertThat(ranges.subList(1, 3)).allMatch(range -> range.matches("bytes=[1-9]\\d*-"));
        assertThat(progress.doneBytes).isEqualTo(300_020);
    }

    @Test
    void goesOnWhereAnEarlierRunEnded() throws Exception {
        leavePart(Arrays.copyOf(FakeHub.weights(), HALF), currentEtag());

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("bytes=150000-");
        assertThat(progress.events).first().isEqualTo("started owner/tiny from 127.0.0.1 150000/300020");
        assertThat(names()).containsExactly("config.json", "model.safetensors", "tokenizer.json");
    }

    @Test
    void beginsAgainWhenTheServerHasAnotherVersion() throws Exception {
        leavePart(new byte[HALF], "\"an older version\"");

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("bytes=150000-");
    }

    @Test
    void beginsAgainWhenTheServerKnowsNoRanges() throws Exception {
        hub.understandsRange = false;
        hub.breaks.add(HALF);

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).hasSize(2);
    }

    @Test
    void beginsAgainWhenNothingTellsWhichVersionTheBytesAreOf() throws Exception {
        hub.etag = Optional.of("W/\"weak\"");
        hub.breaks.add(HALF);

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("all", "all");
    }

    @Test
    void beginsAgainWhenWhatAnEarlierRunLeftIsDamaged() throws Exception {
        leavePart(new byte[HALF], currentEtag());

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("bytes=150000-", "all");
        assertThat(progress.events)
                .contains("model.safetensors: what an earlier attempt left does not fit; beginning again");
    }

    @Test
    void beginsAgainWhenMoreIsHereThanThereShouldBe() throws Exception {
        leavePart(new byte[400_000], currentEtag());
        hub.failures.put("model.safetensors", List.of(416));

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("bytes=400000-", "all");
    }

    @Test
    void asksForNothingThatIsHereAlready() throws Exception {
        Files.write(folder.resolve("config.json"), hub.files.get("config.json"));
        Files.write(folder.resolve("tokenizer.json"), FakeHub.bytes("[]")); // same length, other contents
        leavePart(FakeHub.weights(), currentEtag());

        fetch();

        assertThat(hub.rangesAskedOf("config.json")).isEmpty();
        assertThat(hub.rangesAskedOf("tokenizer.json")).containsExactly("all");
        assertThat(hub.rangesAskedOf("model.safetensors")).isEmpty();
        assertThat(folder.resolve("tokenizer.json")).hasContent("{}");
    }

    @Test
    void removesWhatIsNotOfThisModel() throws Exception {
        Files.writeString(folder.resolve("model-00001-of-00002.safetensors.part"), "of an older commit");

        fetch();

        assertThat(names()).containsExactly("config.json", "model.safetensors", "tokenizer.json");
    }

    @Test
    void refusesALargeFileWithAWrongChecksum() {
        hub.listing =
                Optional.of(listingOf("model.safetensors", 300_000, "\"lfs\":{\"sha256\":\"" + "0".repeat(64) + "\"}"));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("model.safetensors has a wrong checksum (expected " + "0".repeat(64)
                        + "): the download is damaged or was tampered with");
        assertThat(names()).containsExactly("config.json", "tokenizer.json");
    }

    @Test
    void refusesASmallFileWithAWrongChecksum() {
        hub.listing = Optional.of(listingOf("model.safetensors", 300_000, "\"blobId\":\"" + "0".repeat(40) + "\""));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageStartingWith("model.safetensors has a wrong checksum (expected " + "0".repeat(40) + ")");
    }

    @Test
    void takesFilesWhoseSizeAndChecksumAMirrorDoesNotTell() throws Exception {
        hub.listing = Optional.of("""
                {"siblings": [{"rfilename": "config.json"}, {"rfilename": "tokenizer.json"}, {"rfilename": "model.safetensors"}]}
                """);

        fetch();

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.requests)
                .last()
                .extracting(FakeHub.Request::path)
                .isEqualTo("/owner/tiny/resolve/main/model.safetensors");
        assertThat(progress.events).containsExactly("started owner/tiny from 127.0.0.1 0/?", "finished 300020");
    }

    @Test
    void refusesAFileLongerThanAnnounced() {
        hub.listing = Optional.of(listingOf("model.safetensors", 1000, "\"x\":0"));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("model.safetensors: the server sends more than the expected 1000 bytes");
    }

    @Test
    void refusesAFileShorterThanAnnounced() {
        hub.listing = Optional.of(listingOf("model.safetensors", 300_001, "\"x\":0"));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageStartingWith("model.safetensors: ");
        assertThat(names()).doesNotContain("model.safetensors");
    }

    @Test
    void saysThatThereIsNoSuchRepository() {
        hub.failures.put("tiny", List.of(404));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("127.0.0.1 answers 404: there is no such repository or file");
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void saysThatARepositoryMayNeedAToken() {
        hub.failures.put("tiny", List.of(401));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("127.0.0.1 answers 401: there is no such repository, or it is private or gated;"
                        + " if it is yours to read, set HF_TOKEN");
    }

    @Test
    void triesAgainWhenTheServerIsBusyAndKeepsWhatIsHere() throws Exception {
        leavePart(Arrays.copyOf(FakeHub.weights(), HALF), currentEtag());
        hub.failures.put("model.safetensors", List.of(503, 429));

        fetch();

        assertThat(hub.rangesAskedOf("model.safetensors"))
                .containsExactly("bytes=150000-", "bytes=150000-", "bytes=150000-");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
    }

    @Test
    void givesUpAfterThreeFruitlessAttempts() {
        hub.failures.put("model.safetensors", List.of(503, 503, 503, 503));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("model.safetensors: 127.0.0.1 answers 503");
        assertThat(hub.rangesAskedOf("model.safetensors")).hasSize(3);
    }

    @Test
    void prefersTheStandardNamesWhenTheWeightsAreThereTwice() throws Exception {
        hub.files.put("consolidated.safetensors", FakeHub.bytes("the same once more"));

        fetch();

        assertThat(names()).containsExactly("config.json", "model.safetensors", "tokenizer.json");
    }

    @Test
    void namesWhatARepositoryLacks() {
        hub.files.remove("tokenizer.json");
        hub.files.remove("model.safetensors");

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("the repository lacks tokenizer.json, *.safetensors;"
                        + " of a repository of .gguf files, download one and give its path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../model.safetensors", "/etc/model.safetensors", "a/model.safetensors", ".model.safetensors"})
    void writesNoFileThatLiesElsewhere(String name) {
        hub.files.remove("model.safetensors");
        hub.files.put(name, FakeHub.weights());

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageStartingWith("the repository lacks *.safetensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "", "{\"siblings\":[{\"rfilename\":\"config.json\",\"blobId\":\"short\"}]}"})
    void refusesAListingThatIsNone(String answer) {
        hub.listing = Optional.of(answer);

        assertThatThrownBy(this::fetch).isInstanceOf(ModelSourceException.class).hasMessageStartingWith("the ");
    }

    @Test
    void refusesAFileOfAbsurdSizeBeforeItsFirstByte() {
        hub.listing = Optional.of(listingOf("model.safetensors", 4_000_000_000_000_000L, "\"x\":0"));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("the list of its files cannot be used:"
                        + " model.safetensors has a size that is not between 0 and 1.1 TB: 4000000000000000 bytes");
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void saysWhatIsMissingWhenTheDiskIsTooSmall() {
        String shards = IntStream.range(0, 1000)
                .mapToObj(shard -> ",{\"rfilename\":\"model-" + shard + ".safetensors\",\"size\":1000000000000}")
                .collect(Collectors.joining());
        hub.listing = Optional.of(
                "{\"siblings\":[{\"rfilename\":\"config.json\"},{\"rfilename\":\"tokenizer.json\"}" + shards + "]}");

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageMatching("needs 1000.0 TB more, and .* are free on the disk of .*");
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void saysThatTheDiskIsFull() throws Exception {
        Files.createSymbolicLink(folder.resolve("listing.json"), Path.of("/dev/full"));

        assertThatThrownBy(this::fetch)
                .isInstanceOf(ModelSourceException.class)
                .hasMessageMatching(
                        "could not write .*listing.json: No space left on device; .* are free on the disk of .*");
        assertThat(hub.requests).hasSize(1);
        Files.delete(folder.resolve("listing.json")); // the clean-up of folders warns of links that lead out
    }

    @Test
    void saysThatTheConnectionIsRefused() throws Exception {
        HubSettings nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = hub.settings().withEndpoint(URI.create("http://127.0.0.1:" + socket.getLocalPort()));
        }

        assertThatThrownBy(() -> fetch(nobody))
                .isInstanceOf(ModelSourceException.class)
                .hasMessage("the connection is refused");
    }

    /** No name is looked up, because what answers that depends on the machine; this is what the JDK's client reports. */
    @Test
    void saysThatTheHostNameIsNotKnown() {
        IOException unknownHost = new ConnectException();
        unknownHost.initCause(new UnresolvedAddressException());

        assertThat(NetworkFailure.describe(unknownHost)).isEqualTo("the host name cannot be resolved");
    }

    @Test
    void doesNotWaitLongForAConnection() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Connections filling = Connections.fill(full)) {
            HubSettings impatient = hub.settings()
                    .withEndpoint(URI.create("http://127.0.0.1:" + full.getLocalPort()))
                    .withConnectTimeout(Duration.ofMillis(150));

            assertThatThrownBy(() -> fetch(impatient))
                    .isInstanceOf(ModelSourceException.class)
                    .hasMessage("no connection within 150 ms");
            assertThat(filling.sockets).isNotEmpty();
        }
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            HubSettings impatient = stallingAfter(Duration.ofMillis(150), silent);

            assertThatThrownBy(() -> fetch(impatient))
                    .isInstanceOf(ModelSourceException.class)
                    .hasMessage("not a byte came for 150 ms");
        }
    }

    @Test
    void goesOnAfterAServerFellSilentMidway() throws Exception {
        hub.stalls.add(HALF);

        fetch(new HubSettings(
                hub.endpoint(), Optional.empty(), Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofMillis(1)));

        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(FakeHub.weights());
        assertThat(hub.rangesAskedOf("model.safetensors")).containsExactly("all", "bytes=150000-");
        assertThat(progress.events).contains("model.safetensors: not a byte came for 1 s; trying again");
    }

    private static HubSettings stallingAfter(Duration limit, ServerSocket server) {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getLocalPort());
        return new HubSettings(endpoint, Optional.empty(), Duration.ofSeconds(5), limit, Duration.ofMillis(1));
    }

    private void fetch() throws Exception {
        fetch(hub.settings());
    }

    private void fetch(HubSettings settings) throws Exception {
        new HubSource(settings, new ModelName(FakeHub.REPOSITORY)).fetch(folder, progress);
    }

    private void leavePart(byte[] content, String etag) throws IOException {
        Files.write(folder.resolve("model.safetensors.part"), content);
        Files.writeString(folder.resolve("model.safetensors.part.etag"), etag);
    }

    private static String currentEtag() {
        return "\"" + FakeHub.sha256(FakeHub.weights()) + "\"";
    }

    private static String listingOf(String weights, long bytes, String checksum) {
        return "{\"siblings\":[{\"rfilename\":\"config.json\"},{\"rfilename\":\"tokenizer.json\"},{\"rfilename\":\""
                + weights + "\",\"size\":" + bytes + "," + checksum + "}]}";
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections that nobody accepts: once the queue is full the kernel lets further ones hang. */
    private record Connections(List<Socket> sockets) implements AutoCloseable {

        static Connections fill(ServerSocket server) {
            List<Socket> sockets = new ArrayList<>();
            for (int count = 0; count < 4; count++) {
                Socket socket = new Socket();
                sockets.add(socket);
                try {
                    socket.connect(server.getLocalSocketAddress(), 100);
                } catch (IOException queueIsFull) {
                    break;
                }
            }
            return new Connections(sockets);
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
