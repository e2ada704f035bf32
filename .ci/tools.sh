#!/usr/bin/env bash
#
# Builds or fetches the programs that tests show our telemetry and configurations to: Jaeger, the OpenTelemetry
# Collector, Helm and Docker Compose's loader (from their Go modules) and Zipkin (from Maven Central). What is there
# already is kept. To be sourced, or run to see where things are: sets VITRINE_TEST_JAEGER, VITRINE_TEST_COLLECTOR,
# VITRINE_TEST_HELM, VITRINE_TEST_COMPOSE and VITRINE_TEST_ZIPKIN.
#
# Needs Go 1.21 or later, which fetches the toolchain that the modules ask for, and Maven.

vitrine_tools() (
    set -euo pipefail
    local root tools
    root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
    tools=$1
    mkdir -p -- "$tools"
    export GOTOOLCHAIN=auto GOFLAGS=-buildvcs=false

    if [[ ! -x $tools/jaeger-1.76.0 ]]; then
        (cd -- "$root/server/src/test/go/jaeger" &&
            go build -trimpath -o "$tools/jaeger-1.76.0.part" github.com/jaegertracing/jaeger/cmd/all-in-one)
        mv -- "$tools/jaeger-1.76.0.part" "$tools/jaeger-1.76.0"
    fi

    # The name says which components it has: another list is another program.
    if [[ ! -x $tools/$2 ]]; then
        local work
        work=$(mktemp -d)
        # The builder's own tidying asks for modules that only tests of components need, one of which is not to be had:
        # -e goes on.
        (cd -- "$work" && cp -- "$root/server/src/test/go/collector/builder.yaml" . &&
            sed -i "s|^dist:|dist:\n  output_path: $work/out|" builder.yaml &&
            { go run go.opentelemetry.io/collector/cmd/builder@v0.165.0 --config=builder.yaml --skip-compilation || true; } &&
            cd out && { go mod tidy -e 2>/dev/null || true; } &&
            go build -trimpath -ldflags='-s -w' -o "$tools/$2.part" .)
        mv -- "$tools/$2.part" "$tools/$2"
        rm -rf -- "$work"
    fi

    if [[ ! -x $tools/helm-3.16.4 ]]; then
        mkdir -p -- "$tools/part"
        GOBIN=$tools/part go install helm.sh/helm/v3/cmd/helm@v3.16.4
        mv -- "$tools/part/helm" "$tools/helm-3.16.4"
    fi

    if [[ ! -x $tools/compose-go-2.9.1 ]]; then
        mkdir -p -- "$tools/part"
        GOBIN=$tools/part go install github.com/compose-spec/compose-go/v2/cmd@v2.9.1
        mv -- "$tools/part/cmd" "$tools/compose-go-2.9.1"
    fi

    if [[ ! -f $tools/zipkin-3.4.3.jar ]]; then
        mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get \
            -Dartifact=io.zipkin:zipkin-server:3.4.3:jar:exec -Dtransitive=false
        mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy \
            -Dartifact=io.zipkin:zipkin-server:3.4.3:jar:exec -DoutputDirectory="$tools" -Dmdep.stripVersion=true
        mv -- "$tools/zipkin-server-exec.jar" "$tools/zipkin-3.4.3.jar"
    fi
)

vitrine_tools_dir=${VITRINE_TEST_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/vitrine-tools}
vitrine_collector=otelcol-0.165.0-$(sha256sum "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../server/src/test/go/collector/builder.yaml" | cut -c1-8)
vitrine_tools "$vitrine_tools_dir" "$vitrine_collector" || exit
export VITRINE_TEST_JAEGER=$vitrine_tools_dir/jaeger-1.76.0
export VITRINE_TEST_COLLECTOR=$vitrine_tools_dir/$vitrine_collector
export VITRINE_TEST_HELM=$vitrine_tools_dir/helm-3.16.4
export VITRINE_TEST_COMPOSE=$vitrine_tools_dir/compose-go-2.9.1
export VITRINE_TEST_ZIPKIN=$vitrine_tools_dir/zipkin-3.4.3.jar
printf '%s\n' "$VITRINE_TEST_JAEGER" "$VITRINE_TEST_COLLECTOR" "$VITRINE_TEST_HELM" "$VITRINE_TEST_COMPOSE" "$VITRINE_TEST_ZIPKIN"
