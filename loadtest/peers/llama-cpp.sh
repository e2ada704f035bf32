#!/usr/bin/env bash
#
# Vitrine beside llama.cpp's server, same weights, same machine: prints a table of rates and ratios (see compare.py).
#
#   loadtest/peers/llama-cpp.sh [--rounds N] [--concurrency 1,8,32,64] [options]
#
#   --work DIR            where llama.cpp is fetched and built, once (target/peers); DIR/build/bin may have a build already
#   --model FILE.gguf     the model, in place of the default one
#   --data DIR            Vitrine's data folder, for its model cache (data)
#   --ours NAME[=SETTINGS]  a Vitrine to measure, settings as key=value,key=value; repeatable, so that two can be compared
#
# Every other option goes to compare.py. llama.cpp runs three times: on the model's own file, and on its Q8_0 and BF16.
# All servers stay up, and an idle one takes no processor time. Needs about 8 GB of memory, and nothing else running.
# llama.cpp would keep prompts that it has answered in up to 8 GiB more each; here none comes again, so it is told not to.
set -euo pipefail

# shellcheck source=loadtest/peers/lib.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

slots=64
context=1024 # of each slot; for a prompt of 512 tokens and more

ours=()
comparison=()
while (($#)); do
    case $1 in
        --help | -h) show_help && exit ;;
        --ours) ours+=("${2:?--ours needs a name}") && shift 2 ;;
        --work | --model | --data) set_option "$@" && shift 2 ;;
        *) comparison+=("$1") && shift ;;
    esac
done
((${#ours[@]})) || ours=(vitrine)

require_tools python3
build_peer llama-server llama-quantize
"$root/vitrine" --version >/dev/null # builds it if there is something to build
find_model
q8_0=$(quantised q8_0)
bf16=$(quantised bf16)

scratch=$(mktemp -d)
running=()
stop_all() {
    kill "${running[@]}" 2>/dev/null || true
    wait || true
    rm -rf -- "$scratch"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    local name=$1 log=$scratch/$1.log
    shift
    "$@" >"$log" 2>&1 &
    running+=($!)
    await_health "$name" "$!" "$log"
}

await_health() {
    local name=$1 process=$2 log=$3
    until python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "$url/health" 2>/dev/null; do
        kill -0 "$process" 2>/dev/null || { tail -n 20 "$log" >&2 && fail "$name did not start"; }
        sleep 0.5
    done
    echo "$name is up on $url" >&2
}

start_ours() {
    local name=${1%%=*} pairs=() settings=() pair port
    [[ $1 != *=* ]] || IFS=, read -ra pairs <<<"${1#*=}"
    for pair in "${pairs[@]}"; do
        settings+=(--set "$pair")
    done
    port=$(free_port)
    url=http://127.0.0.1:$port
    start "$name" "$root/vitrine" serve --model "$model" --port "$port" --management-port "$(free_port)" --data "$scratch/$name" \
        --set "engine.slots=$slots" --set "engine.context-length=$context" "${settings[@]}"
    comparison+=(--ours "$name=$url")
}

start_peer() {
    local name=$1 file=$2 port
    port=$(free_port)
    url=http://127.0.0.1:$port
    start "$name" "$work/build/bin/llama-server" -m "$file" --host 127.0.0.1 --port "$port" \
        -t "$processors" -tb "$processors" -np "$slots" -c $((slots * context)) --cache-ram 0
    comparison+=(--peer "$name=$url")
}

for each in "${ours[@]}"; do
    start_ours "$each"
done
start_peer own "$model"
start_peer Q8_0 "$q8_0"
start_peer BF16 "$bf16"

print_machine
# Beside the shell, so that a signal to the shell is heard at once.
python3 "$here/compare.py" "${comparison[@]}" &
running+=($!)
wait $!
