package io.vitrine.model;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;

import io.vitrine.model.weights.ModelConfig;
import io.vitrine.model.weights.ModelWeights;
import io.vitrine.model.weights.RotaryLayout;

/**
 * A decoder by the definition, in plain Java and float32: no libtorch, no KV pages, one matrix in memory at a time. Of
 * the architectures it knows Llama's and Qwen2's. The oracle for models too large to have their logits among the test
 * resources.
 */
final class PlainDecoder {

    private static final int HEAD_ROWS = 4096;

    private final ModelConfig config;
    private final ModelWeights weights;

    PlainDecoder(ModelConfig config, ModelWeights weights) {
        if (config.architecture().qkNorm()) {
            throw new IllegalArgumentException("norms of Q and K are not computed here: " + config.architecture());
        }
        this.config = config;
        this.weights = weights;
    }

    /** The id of the largest logit after each token from {@code first} on. */
    int[] mostLikely(int[] tokens, int first) {
        float[][] stream = embedded(tokens);
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            add(stream, attention(normed(stream, prefix + "input_layernorm.weight"), prefix + "self_attn."));
            add(stream, feedForward(normed(stream, prefix + "post_attention_layernorm.weight"), prefix + "mlp."));
        }
        float[][] last = normed(stream, "model.norm.weight");
        return argmax(IntStream.range(first, tokens.length)
                .mapToObj(position -> last[position])
                .toArray(float[][]::new));
    }

    private float[][] embedded(int[] tokens) {
        return IntStream.of(tokens)
                .mapToObj(token -> rows("model.embed_tokens.weight", token, 1))
                .toArray(float[][]::new);
    }

    private float[][] attention(float[][] in, String prefix) {
        float[][] queries = biased(in, prefix + "q_proj", config.heads() * config.headDim());
        float[][] keys = biased(in, prefix + "k_proj", config.kvHeads() * config.headDim());
        float[][] values = biased(in, prefix + "v_proj", config.kvHeads() * config.headDim());
        turn(queries, config.heads());
        turn(keys, config.kvHeads());
        float[][] out = new float[in.length][config.heads() * config.headDim()];
        for (int position = 0; position < in.length; position++) {
            for (int head = 0; head < config.heads(); head++) {
                attend(queries[position], keys, values, position, head, out[position]);
            }
        }
        return times(out, prefix + "o_proj.weight", config.hiddenSize());
    }

    private void attend(float[] query, float[][] keys, float[][] values, int position, int head, float[] out) {
        int dim = config.headDim();
        int from = head * dim;
        int kvFrom = head / (config.heads() / config.kvHeads()) * dim;
        double[] scores = new double[position + 1];
        double largest = Double.NEGATIVE_INFINITY;
        for (int other = 0; other <= position; other++) {
            for (int i = 0; i < dim; i++) {
                scores[other] += (double) query[from + i] * keys[other][kvFrom + i];
            }
            scores[other] /= Math.sqrt(dim);
            largest = Math.max(largest, scores[other]);
        }
        double total = 0;
        for (int other = 0; other <= position; other++) {
            scores[other] = Math.exp(scores[other] - largest);
            total += scores[other];
        }
        for (int i = 0; i < dim; i++) {
            double sum = 0;
            for (int other = 0; other <= position; other++) {
                sum += scores[other] * values[other][kvFrom + i];
            }
            out[from + i] = (float) (sum / total);
        }
    }

    /** Rotary embedding: a pair of a head's dimensions turns by its frequency at each position. */
    private void turn(float[][] rows, int heads) {
        double[] frequencies = config.rotaryFrequencies();
        boolean interleaved = weights.rotaryLayout() == RotaryLayout.INTERLEAVED;
        for (int position = 0; position < rows.length; position++) {
            for (int head = 0; head < heads; head++) {
                for (int pair = 0; pair < frequencies.length; pair++) {
                    int a = head * config.headDim() + (interleaved ? 2 * pair : pair);
                    int b = interleaved ? a + 1 : a + frequencies.length;
                    turn(rows[position], a, b, position * frequencies[pair]);
                }
            }
        }
    }

    private static void turn(float[] row, int a, int b, double angle) {
        double x = row[a];
        double y = row[b];
        row[a] = (float) (x * Math.cos(angle) - y * Math.sin(angle));
        row[b] = (float) (x * Math.sin(angle) + y * Math.cos(angle));
    }

    private float[][] feedForward(float[][] in, String prefix) {
        float[][] gate = times(in, prefix + "gate_proj.weight", config.intermediateSize());
        float[][] up = times(in, prefix + "up_proj.weight", config.intermediateSize());
        for (int position = 0; position < in.length; position++) {
            for (int i = 0; i < gate[position].length; i++) {
                gate[position][i] *= (float) (up[position][i] / (1 + Math.exp(-gate[position][i])));
            }
        }
        return times(gate, prefix + "down_proj.weight", config.hiddenSize());
    }

    private float[][] biased(float[][] in, String name, int outputs) {
        float[][] out = times(in, name + ".weight", outputs);
        if (config.architecture().qkvBias()) {
            float[] bias = floats(name + ".bias", outputs);
            for (float[] row : out) {
                add(row, bias);
            }
        }
        return out;
    }

    private float[][] times(float[][] in, String name, int outputs) {
        int inputs = in[0].length;
        return product(in, floats(name, outputs * inputs), outputs);
    }

    /** Each row of the weights with each row of the input; eight sums side by side, as one would wait for itself. */
    private static float[][] product(float[][] in, float[] weight, int outputs) {
        float[][] out = new float[in.length][outputs];
        IntStream.range(0, outputs).parallel().forEach(output -> {
            for (int position = 0; position < in.length; position++) {
                out[position][output] = dot(weight, output * in[position].length, in[position]);
            }
        });
        return out;
    }

    private static float dot(float[] weight, int from, float[] in) {
        float[] sums = new float[8];
        int i = 0;
        for (; i + 8 <= in.length; i += 8) {
            for (int lane = 0; lane < 8; lane++) {
                sums[lane] += weight[from + i + lane] * in[i + lane];
            }
        }
        float sum = 0;
        for (float lane : sums) {
            sum += lane;
        }
        for (; i < in.length; i++) {
            sum += weight[from + i] * in[i];
        }
        return sum;
    }

    private float[][] normed(float[][] in, String name) {
        float[] weight = floats(name, config.hiddenSize());
        float[][] out = new float[in.length][config.hiddenSize()];
        for (int position = 0; position < in.length; position++) {
            double squares = 0;
            for (float value : in[position]) {
                squares += (double) value * value;
            }
            double scale = 1 / Math.sqrt(squares / config.hiddenSize() + config.rmsNormEpsilon());
            for (int i = 0; i < weight.length; i++) {
                out[position][i] = (float) (in[position][i] * scale * weight[i]);
            }
        }
        return out;
    }

    private int[] argmax(float[][] hidden) {
        String name = config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
        int[] best = new int[hidden.length];
        float[] largest = new float[hidden.length];
        for (int first = 0; first < config.vocabularySize(); first += HEAD_ROWS) {
            int count = Math.min(HEAD_ROWS, config.vocabularySize() - first);
            float[][] logits = product(hidden, rows(name, first, count), count);
            for (int position = 0; position < hidden.length; position++) {
                for (int id = 0; id < count; id++) {
                    if (first + id == 0 || logits[position][id] > largest[position]) {
                        largest[position] = logits[position][id];
                        best[position] = first + id;
                    }
                }
            }
        }
        return best;
    }

    private float[] rows(String name, int first, int count) {
        float[] values = new float[count * config.hiddenSize()];
        weights.readRows(name, first, count, FloatBuffer.wrap(values));
        return values;
    }

    private float[] floats(String name, int count) {
        float[] values = new float[count];
        weights.readFloats(name, FloatBuffer.wrap(values));
        return values;
    }

    private static void add(float[][] to, float[][] from) {
        for (int position = 0; position < to.length; position++) {
            add(to[position], from[position]);
        }
    }

    private static void add(float[] to, float[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }
}
