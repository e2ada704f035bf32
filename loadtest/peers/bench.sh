#!/usr/bin/env bash
#
# Runs a benchmark of the model by its class, from the test classes, with the options of the server's virtual machine.
#
#   loadtest/peers/bench.sh StepParts MODEL.gguf int8 greedy 256 1,8,32,64
#   loadtest/peers/bench.sh Perplexity MODEL.gguf TEXT.txt int8
set -euo pipefail

root=$(readlink -f -- "$(dirname -- "${BASH_SOURCE[0]}")/../..")
target=$root/model/target
class=io.vitrine.model.bench.${1:?needs the name of a class in io.vitrine.model.bench}
shift
(cd "$root" && mvn -B -q -pl model -Dspotless.check.skip=true test-compile \
    dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$target/test.classpath") >&2
# As ./vitrine does, and says why.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-1} GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-100000}
if [[ ${VITRINE_HUGE_PAGES:-1} != 0 ]]; then
    export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
exec "$java" -XX:+UseSerialGC -Xmx2g -XX:MaxDirectMemorySize=4g \
    -cp "$target/test-classes:$target/classes:$(<"$target/test.classpath")" "$class" "$@"
