#!/usr/bin/env bash
#
# Perplexity of a public-domain text, of Vitrine in its three precisions and of llama.cpp's llama-perplexity, which cut the
# text alike: prints a table. Vitrine reads the model's own file; llama.cpp that, and its Q8_0 and BF16.
#
#   loadtest/peers/perplexity.sh [options]
#
#   --work DIR            where llama.cpp is fetched and built, once (target/peers); DIR/build/bin may have a build already
#   --model FILE.gguf     the model, in place of the default one
#   --data DIR            Vitrine's data folder, for its model cache (data)
#   --text FILE           the text, at least 1024 tokens
set -euo pipefail

# shellcheck source=loadtest/peers/lib.sh
source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/lib.sh"

text=$root/model/src/test/resources/text-samples/pride-and-prejudice-1-to-4.txt
while (($#)); do
    case $1 in
        --help | -h) show_help && exit ;;
        --text) text=$(readlink -m -- "${2:?--text needs a file}") && shift 2 ;;
        --work | --model | --data) set_option "$@" && shift 2 ;;
        *) fail "there is no option $1 (--help shows those there are)" ;;
    esac
done
[[ -r $text ]] || fail "there is no file $text"

build_peer llama-perplexity llama-quantize
find_model

# Prints "PPL +/- ERROR" of what comes in.
estimate() {
    sed -nE 's|.*PPL = ([0-9.]+) \+/- ([0-9.]+).*|\1 ± \2|p'
}

print_row() {
    [[ -n $2 ]] || fail "$1 gave no perplexity"
    echo "| $1 | $2 |"
}

ours() {
    print_row "Vitrine, $1, $2" "$("$here/bench.sh" Perplexity "$model" "$text" "$1" "$2" | estimate)"
}

peer() {
    print_row "llama.cpp, $1" "$("$work/build/bin/llama-perplexity" -m "$2" -f "$text" -c 512 -t "$processors" 2>&1 | estimate)"
}

print_machine
echo "| $(basename -- "$text") | perplexity ± standard error |"
echo "| --- | --- |"
for precision in float32 bf16 int8; do
    ours "$precision" prefill
    ours "$precision" decode
done
peer "the file itself" "$model"
peer Q8_0 "$(quantised q8_0)"
peer BF16 "$(quantised bf16)"
