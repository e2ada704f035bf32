package io.vitrine.server.api;

import java.util.List;
import java.util.stream.Stream;

import static io.vitrine.server.api.NeutralValue.DISABLED_TYPE;
import static io.vitrine.server.api.NeutralValue.EMPTY;
import static io.vitrine.server.api.NeutralValue.FALSE;
import static io.vitrine.server.api.NeutralValue.MEDIUM;
import static io.vitrine.server.api.NeutralValue.NEGATIVE;
import static io.vitrine.server.api.NeutralValue.NONE;
import static io.vitrine.server.api.NeutralValue.NOT_POSITIVE;
import static io.vitrine.server.api.NeutralValue.ONE;
import static io.vitrine.server.api.NeutralValue.TEXT_ONLY;
import static io.vitrine.server.api.NeutralValue.TRUE;
import static io.vitrine.server.api.NeutralValue.UNSET;
import static io.vitrine.server.api.NeutralValue.ZERO;

/**
 * The fields of other servers' dialects that would change the answer and are not supported: to ignore one would be a wrong answer.
 * A value that asks for nothing passes. Fields that are not here and not supported are ignored, as every server does.
 */
final class RefusedFields {

    /** Of both kinds of request. */
    static final List<Field> COMMON = concat(
            // Structured output: vLLM, SGLang, Ollama
            fields(UNSET, "structural_tag", "regex", "ebnf", "format", "guided_whitespace_pattern"),
            // Stops
            fields(EMPTY, "stop_regex", "ban_token_ids"),
            List.of(new Field("stop_sequences", EMPTY, "stop"), new Field("stop_words", EMPTY, "stop")),
            fields(FALSE, "no_stop_trim", "ban_eos_token"),
            fields(TRUE, "skip_special_tokens"),
            // Lengths
            fields(ZERO, "min_length", "n_indent"),
            List.of(
                    new Field("n_predict", NEGATIVE, "max_tokens"),
                    new Field("num_predict", NEGATIVE, "max_tokens"),
                    new Field("max_new_tokens", UNSET, "max_tokens"),
                    new Field("max_length", UNSET, "max_tokens"),
                    new Field("max_output_tokens", UNSET, "max_tokens")),
            fields(NOT_POSITIVE, "t_max_predict_ms", "max_time", "num_ctx"),
            fields(NEGATIVE, "truncate_prompt_tokens"),
            fields(UNSET, "truncate"),
            // Samplers
            fields(ONE, "typical_p", "typical", "tfs", "tfs_z", "length_penalty", "encoder_repetition_penalty"),
            fields(ONE, "guidance_scale", "cfg_scale", "num_beams"),
            fields(ZERO, "top_a", "mirostat", "mirostat_mode", "dry_multiplier", "xtc_probability", "dynatemp_range"),
            fields(ZERO, "smoothing_factor", "epsilon_cutoff", "eta_cutoff", "penalty_alpha", "diversity_penalty"),
            fields(ZERO, "no_repeat_ngram_size"),
            fields(NOT_POSITIVE, "top_n_sigma"),
            fields(FALSE, "use_beam_search", "early_stopping", "dynamic_temperature", "temperature_last", "watermark"),
            fields(EMPTY, "samplers", "logits_processors", "custom_logit_processor", "custom_params", "vllm_xargs"),
            fields(EMPTY, "allowed_token_ids", "bad_words", "bad_words_ids", "banned_tokens", "banned_strings"),
            fields(EMPTY, "custom_token_bans", "negative_prompt"),
            List.of(
                    new Field("repeat_penalty", ONE, "repetition_penalty"),
                    new Field("random_seed", UNSET, "seed"),
                    new Field("sampler_seed", UNSET, "seed"),
                    new Field("sampling_seed", UNSET, "seed"),
                    new Field("do_sample", TRUE, "temperature")),
            // What the answer holds
            List.of(new Field("n_probs", ZERO, "top_logprobs"), new Field("top_n_tokens", ZERO, "top_logprobs")),
            fields(FALSE, "return_tokens_as_token_ids", "return_token_ids", "return_hidden_states"),
            fields(FALSE, "return_full_text", "decoder_input_details", "post_sampling_probs"),
            fields(EMPTY, "response_fields"),
            // What the prompt holds
            fields(EMPTY, "options", "context", "template", "images", "image_data", "input_extra", "input_prefix"),
            fields(EMPTY, "input_suffix", "prompt_embeds", "input_embeds", "input_ids", "transforms", "plugins"),
            fields(EMPTY, "system_prompt", "instructions", "prompt_template"),
            fields(FALSE, "raw"),
            // Containers of fields: their content would be ignored
            fields(EMPTY, "parameters", "sampling_params", "extra_body", "nvext"),
            // Adapters and sessions
            fields(
                    EMPTY,
                    "lora",
                    "lora_path",
                    "lora_request",
                    "lora_adapter",
                    "adapter_id",
                    "adapters",
                    "session_params"),
            // A wish for isolation that nothing here would keep; prefix-cache: own of the tenant does
            fields(EMPTY, "cache_salt", "kv_transfer_params"));

    static final List<Field> CHAT = concat(
            COMMON,
            List.of(new Field("functions", EMPTY, "tools"), new Field("function_call", NONE, "tool_choice")),
            fields(EMPTY, "audio", "prediction"),
            fields(NONE, "reasoning_effort"),
            fields(MEDIUM, "verbosity"),
            fields(TEXT_ONLY, "modalities"),
            fields(UNSET, "web_search_options", "prompt_mode", "prompt_logprobs"),
            fields(ONE, "best_of"),
            fields(FALSE, "echo", "add_special_tokens", "think"),
            fields(FALSE, "safe_prompt"),
            fields(EMPTY, "suffix", "chat_template", "documents", "mm_processor_kwargs"),
            fields(EMPTY, "system", "tool_prompt", "guideline", "reasoning"),
            fields(DISABLED_TYPE, "thinking"),
            fields(NOT_POSITIVE, "thinking_budget", "thinking_token_budget"));

    static final List<Field> COMPLETION = concat(
            COMMON,
            fields(EMPTY, "suffix", "system"),
            fields(TRUE, "add_special_tokens", "add_generation_prompt"),
            fields(FALSE, "think", "enable_thinking", "continue_final_message"),
            // Of a chat
            fields(EMPTY, "messages", "tools", "functions", "chat_template_kwargs"),
            fields(NONE, "tool_choice", "function_call"));

    /** Of {@code structured_outputs}. */
    static final List<Field> STRUCTURED_OUTPUTS = concat(
            fields(UNSET, "structural_tag", "whitespace_pattern"), fields(FALSE, "disable_additional_properties"));

    /** Of one message of a chat. */
    static final List<Field> MESSAGE =
            concat(fields(EMPTY, "function_call", "audio", "images"), fields(FALSE, "prefix", "partial"));

    /** Of a message that is not the assistant's. */
    static final List<Field> CALLS = fields(EMPTY, "tool_calls");

    /** Of {@code /tokenize}. */
    static final List<Field> TOKENIZE =
            concat(fields(FALSE, "continue_final_message"), fields(EMPTY, "chat_template", "mm_processor_kwargs"));

    private RefusedFields() {}

    /**
     * A field that is refused.
     *
     * @param neutral values that pass
     * @param instead the field that does the same here; empty if none does
     */
    record Field(String name, NeutralValue neutral, String instead) {}

    private static List<Field> fields(NeutralValue neutral, String... names) {
        return Stream.of(names).map(name -> new Field(name, neutral, "")).toList();
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // read only
    private static List<Field> concat(List<Field>... lists) {
        return Stream.of(lists).flatMap(List::stream).toList();
    }

    /**
     * Refuses the first of these fields that asks for something.
     *
     * @throws ApiException that names the field
     */
    static void refuse(List<Field> refused, JsonFields fields) {
        for (Field field : refused) {
            if (fields.value(field.name())
                    .filter(value -> !field.neutral().holds(value))
                    .isPresent()) {
                throw refusal(fields.path(field.name()), field);
            }
        }
    }

    private static ApiException refusal(String path, Field field) {
        String instead = field.instead().isEmpty() ? "" : "; use " + field.instead();
        return ApiException.unsupported(path, path + " is not supported yet" + instead);
    }

    /** {@code best_of} draws more answers than it gives: the same as {@code n} is no wish. */
    static void refuseBestOf(JsonFields fields, int choices) {
        int bestOf = fields.integer("best_of", 0, Integer.MAX_VALUE).orElse(choices);
        if (bestOf != choices) {
            throw ApiException.unsupported("best_of", "best_of is not supported yet unless it equals n: " + bestOf);
        }
    }
}
