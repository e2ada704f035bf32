package io.vitrine.server.smollm2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tools by clients that nobody here wrote, unchanged, against the server with the default model. */
class ToolClientsIT {

    private static final String QUESTION = "What is the weather in Bonn?";

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void theJavaClientOfOpenAiCallsTools() throws IOException {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("any")
                .maxRetries(0)
                .build();
        ChatCompletionCreateParams request = ChatCompletionCreateParams.builder()
                .model(ServerProcess.MODEL)
                .addUserMessage(QUESTION)
                .temperature(0.0)
                .maxCompletionTokens(150)
                .addFunctionTool(FunctionDefinition.builder()
                        .name("get_weather")
                        .description("The weather in a city")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties", JsonValue.from(Map.of("unit", Map.of("enum", List.of("c", "f")))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("unit")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                .build())
                        .build())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
                .parallelToolCalls(false)
                .build();
        ChatCompletion.Choice whole =
                client.chat().completions().create(request).choices().get(0);
        requireCall(whole);
        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(request)) {
            stream.stream().forEach(accumulator::accumulate);
        }
        ChatCompletion.Choice streamed = accumulator.chatCompletion().choices().get(0);
        requireCall(streamed);
        assertThat(call(streamed).function().arguments())
                .isEqualTo(call(whole).function().arguments());
        client.close();
    }

    private static void requireCall(ChatCompletion.Choice choice) throws IOException {
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(call(choice).function().name()).isEqualTo("get_weather");
        JsonNode arguments = new ObjectMapper().readTree(call(choice).function().arguments());
        assertThat(arguments.path("unit").asText()).isIn("c", "f");
    }

    private static com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall call(
            ChatCompletion.Choice choice) {
        List<ChatCompletionMessageToolCall> calls = choice.message().toolCalls().orElseThrow();
        assertThat(calls).hasSize(1);
        return calls.get(0).asFunction();
    }

    @Test
    void langchain4jCallsTools() throws IOException {
        OpenAiChatModel model = OpenAiChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("any")
                .modelName(ServerProcess.MODEL)
                .temperature(0.0)
                .maxCompletionTokens(150)
                .build();
        ChatResponse response = model.chat(ChatRequest.builder()
                .messages(UserMessage.from(QUESTION))
                .toolSpecifications(ToolSpecification.builder()
                        .name("get_weather")
                        .description("The weather in a city")
                        .parameters(JsonObjectSchema.builder()
                                .addEnumProperty("unit", List.of("c", "f"))
                                .required("unit")
                                .additionalProperties(false)
                                .build())
                        .build())
                .toolChoice(ToolChoice.REQUIRED)
                .build());
        assertThat(response.aiMessage().toolExecutionRequests()).isNotEmpty().allSatisfy(call -> {
            assertThat(call.name()).isEqualTo("get_weather");
            assertThat(new ObjectMapper()
                            .readTree(call.arguments())
                            .path("unit")
                            .asText())
                    .isIn("c", "f");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"tools_openai.py", "tools_frameworks.py"})
    void pythonClientsFindEverythingAsTheyExpect(String script) throws IOException, InterruptedException {
        String python = System.getenv("VITRINE_TEST_PYTHON");
        if (python == null) {
            assertThat(System.getenv("CI")).as("CI gives VITRINE_TEST_PYTHON").isNull();
            Assumptions.abort("set VITRINE_TEST_PYTHON to a Python that has the packages of .ci/run");
        }
        Process process = new ProcessBuilder(python, "src/test/python/" + script, server.url(), ServerProcess.MODEL)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(Duration.ofMinutes(2).toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }
}
