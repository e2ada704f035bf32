package io.vitrine.loadtest.truth;

/** Names of the server's telemetry, as its catalogue publishes them. The load generator depends on no module of the server. */
final class Names {

    static final String REQUESTS = "vitrine_requests_total";
    static final String ACTIVE = "vitrine_requests_in_flight";
    static final String INPUT_TOKENS = "vitrine_input_tokens_total";
    static final String OUTPUT_TOKENS = "vitrine_output_tokens_total";
    static final String DURATION = "gen_ai_server_request_duration_seconds";
    static final String FIRST_TOKEN = "gen_ai_server_time_to_first_token_seconds";
    static final String COMPLETED_EVENT = "request_completed";
    static final String ROOT_SPAN = "gateway_request";
    static final String OUTPUT_TOKENS_ATTRIBUTE = "gen_ai.usage.output_tokens";

    private Names() {}
}
