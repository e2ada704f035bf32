#!/usr/bin/env bash
#
# Builds or fetches the programs that tests show our telemetry to: Jaeger and the OpenTelemetry Collector (from their Go
# modules) and Zipkin (from Maven Central). What is there already is kept. To be sourced, or run to see where things are:
# sets VITRINE_TEST_JAEGER, VITRINE_TEST_COLLECTOR and VITRINE_TEST_ZIPKIN.
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

    if [[ ! -x $tools/otelcol-0.165.0 ]]; then
        local work
        work=$(mktemp -d)
        (cd -- "$work" && cp -- "$root/server/src/test/go/collector/builder.yaml" . &&
            sed -i "s|^dist:|dist:\n  output_path: $work/out|" builder.yaml &&
            go run go.opentelemetry.io/collector/cmd/builder@v0.165.0 --config=builder.yaml)
        mv -- "$work/out/otelcol" "$tools/otelcol-0.165.0"
        rm -rf -- "$work"
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
vitrine_tools "$vitrine_tools_dir" || exit
export VITRINE_TEST_JAEGER=$vitrine_tools_dir/jaeger-1.76.0
export VITRINE_TEST_COLLECTOR=$vitrine_tools_dir/otelcol-0.165.0
export VITRINE_TEST_ZIPKIN=$vitrine_tools_dir/zipkin-3.4.3.jar
printf '%s\n' "$VITRINE_TEST_JAEGER" "$VITRINE_TEST_COLLECTOR" "$VITRINE_TEST_ZIPKIN"
