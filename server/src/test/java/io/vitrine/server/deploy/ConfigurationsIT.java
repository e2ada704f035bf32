package io.vitrine.server.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.vitrine.server.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every configuration under {@code deploy/}, read by the program that it is for, or by that program's own parser. */
class ConfigurationsIT {

    private static final Path CHART = Programs.DEPLOY.resolve("helm").resolve("vitrine");

    @TempDir
    private Path folder;

    @Test
    void hadolintFindsNothingInTheDockerfile() throws Exception {
        Programs.run(
                        Programs.find("hadolint"),
                        Programs.DEPLOY.resolve("docker").resolve("Dockerfile").toString())
                .requireSuccess();
    }

    /** By the loader of Docker Compose: each file by the specification's schema, and the stack as a whole. */
    @ParameterizedTest
    @ValueSource(strings = {"", "elk.yaml", "gpu.yaml"})
    void composeLoadsTheStack(String variant) throws Exception {
        String program = Programs.tool("VITRINE_TEST_COMPOSE");
        for (String name : List.of("compose.yaml", "elk.yaml", "gpu.yaml")) {
            String text = Files.readString(Programs.DEPLOY.resolve("compose").resolve(name));
            // The loader alone sees no environment.
            Files.writeString(folder.resolve(name), text.replace(":?set GRAFANA_PASSWORD", ":-test"));
        }
        List<String> command = new ArrayList<>(List.of(program, "compose.yaml"));
        if (!variant.isEmpty()) {
            command.add(variant);
        }
        Programs.Result result = Programs.run(new ProcessBuilder(command).directory(folder.toFile()));
        // It answers 0 whatever happens.
        assertThat(result.output()).startsWith("name: vitrine").doesNotContain("failed to load");
    }

    @ParameterizedTest
    @ValueSource(strings = {"values.yaml", "values-gpu.yaml", "values-replicas.yaml"})
    void helmRendersWhatKubernetesTakes(String values) throws Exception {
        String helm = Programs.tool("VITRINE_TEST_HELM");
        String validator = Programs.find("kubernetes-validate");
        String file = CHART.resolve(values).toString();
        Programs.run(helm, "lint", "--strict", CHART.toString(), "--values", file)
                .requireSuccess();

        String rendered = Programs.run(
                        helm, "template", "test", CHART.toString(), "--kube-version", "1.31.0", "--values", file)
                .requireSuccess()
                .output();
        Path manifests = Files.writeString(folder.resolve("manifests.yaml"), rendered);
        Programs.run(validator, "--strict", manifests.toString()).requireSuccess();
        assertThat(rendered).contains("kind: StatefulSet", "runAsNonRoot: true", "readOnlyRootFilesystem: true");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stack", "filelog", "datadog", "newrelic", "splunk"})
    void theCollectorTakesItsConfiguration(String name) throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                Programs.tool("VITRINE_TEST_COLLECTOR"),
                "validate",
                "--config",
                Programs.DEPLOY.resolve("collector").resolve(name + ".yaml").toString());
        command.environment()
                .putAll(Map.of(
                        "JAEGER_ENDPOINT", "localhost:4317",
                        "VITRINE_LOGS", folder.toString(),
                        "LOG_STORE", folder.resolve("store.json").toString(),
                        "CHECKPOINTS", folder.toString(),
                        "DATADOG_AGENT_OTLP", "http://localhost:4318",
                        "NEW_RELIC_LICENSE_KEY", "key",
                        "SPLUNK_REALM", "us0",
                        "SPLUNK_ACCESS_TOKEN", "token"));
        Programs.run(command).requireSuccess();
    }

    @Test
    void prometheusAndAlertmanagerTakeTheirs() throws Exception {
        Path prometheus = Programs.DEPLOY.resolve("prometheus");
        // promtool asks for the key's file, which the stack makes.
        Files.createDirectories(folder.resolve("keys"));
        Files.writeString(folder.resolve("keys").resolve("telemetry"), "key");
        for (String name : List.of("prometheus.yml", "rules.yml")) {
            Files.copy(prometheus.resolve(name), folder.resolve(name));
        }

        Programs.run(
                        Programs.find("promtool"),
                        "check",
                        "config",
                        folder.resolve("prometheus.yml").toString())
                .requireSuccess();
        Programs.run(
                        Programs.find("amtool"),
                        "check-config",
                        Programs.DEPLOY
                                .resolve("alertmanager")
                                .resolve("alertmanager.yml")
                                .toString())
                .requireSuccess();
    }

    @Test
    void envoyTakesItsConfiguration() throws Exception {
        Programs.run(
                        Programs.find("envoy"),
                        "--mode",
                        "validate",
                        "--config-path",
                        Programs.DEPLOY.resolve("envoy").resolve("envoy.yaml").toString())
                .requireSuccess();
    }

    @Test
    void scriptsAreBash() throws Exception {
        for (String script : List.of("docker/healthcheck", "compose/make-keys")) {
            Path file = Programs.DEPLOY.resolve(script);
            assertThat(Files.isExecutable(file)).as(script).isTrue();
            Programs.run("bash", "-n", file.toString()).requireSuccess();
        }
    }

    /** Their tags are pinned; nothing here could pull them. */
    @Test
    void everyImageHasATag() throws IOException {
        try (Stream<Path> files = Files.list(Programs.DEPLOY.resolve("compose"))) {
            List<String> images = files.filter(file -> file.toString().endsWith(".yaml"))
                    .flatMap(ConfigurationsIT::lines)
                    .map(String::strip)
                    .filter(line -> line.startsWith("image: "))
                    .toList();
            assertThat(images).hasSizeGreaterThan(10).allMatch(line -> line.matches("image: [^ ]+:[^:/ ]+"));
            assertThat(images).noneMatch(line -> line.endsWith(":latest"));
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theHealthCheckFollowsTheServer() throws Exception {
        String check = Programs.DEPLOY.resolve("docker").resolve("healthcheck").toString();
        int port;
        try (TestServer server = TestServer.start()) {
            port = server.server().managementPort();
            Programs.run(check, Integer.toString(port)).requireSuccess();
        }
        assertThat(Programs.run(check, Integer.toString(port)).exitCode()).isNotZero();
    }
}
