package io.vitrine.server.smollm2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Clients that nobody here wrote, unchanged, against the server with the default model. */
class ClientsIT {

    private static final String QUESTION = "What is the capital of France?";

    private static ServerProcess server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = ServerProcess.start();
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("any")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() throws IOException {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(ServerProcess.MODEL)
                .addUserMessage(QUESTION)
                .temperature(0.0)
                .maxCompletionTokens(60);
    }

    @Test
    void theJavaClientOfOpenAiChatsAndStreamsTheSameAnswer() {
        ChatCompletion whole = client.chat().completions().create(chat().build());
        String text = whole.choices().get(0).message().content().orElseThrow();
        assertThat(text).contains("Paris");
        assertThat(whole.choices().get(0).finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);

        ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
        List<ChatCompletionChunk> chunks = new ArrayList<>();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(chat().build())) {
            stream.stream().peek(chunks::add).forEach(accumulator::accumulate);
        }
        assertThat(chunks).hasSizeGreaterThan(4);
        assertThat(accumulator.chatCompletion().choices().get(0).message().content())
                .hasValue(text);
    }

    @Test
    void theJavaClientOfOpenAiReadsErrorsAsItsOwn() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat().temperature(3.0).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() ->
                        client.chat().completions().create(chat().model("none").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none");
    }

    @Test
    void langchain4jChats() {
        ChatModel model = OpenAiChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("any")
                .modelName(ServerProcess.MODEL)
                .temperature(0.0)
                .maxCompletionTokens(60)
                .build();
        assertThat(model.chat(QUESTION)).contains("Paris");
    }

    @Test
    void langchain4jStreams() throws Exception {
        StreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl(server.url() + "/v1")
                .apiKey("any")
                .modelName(ServerProcess.MODEL)
                .temperature(0.0)
                .maxCompletionTokens(60)
                .build();
        List<String> pieces = new ArrayList<>();
        CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
        model.chat(QUESTION, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.add(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                complete.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                complete.completeExceptionally(error);
            }
        });
        String text = complete.get(60, TimeUnit.SECONDS).aiMessage().text();
        assertThat(text).contains("Paris").isEqualTo(String.join("", pieces));
        assertThat(pieces).hasSizeGreaterThan(4);
    }

    @Test
    void thePythonClientOfOpenAiFindsEverythingAsItExpects() throws IOException, InterruptedException {
        runPython("openai_client.py");
    }

    @Test
    void thePythonClientOfOpenAiParsesAnswersIntoPydantic() throws IOException, InterruptedException {
        runPython("structured_output.py");
    }

    private static void runPython(String script) throws IOException, InterruptedException {
        String python = System.getenv("VITRINE_TEST_PYTHON");
        if (python == null) {
            assertThat(System.getenv("CI")).as("CI gives VITRINE_TEST_PYTHON").isNull();
            Assumptions.abort("set VITRINE_TEST_PYTHON to a Python that has the package openai");
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
