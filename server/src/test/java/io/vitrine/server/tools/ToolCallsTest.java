package io.vitrine.server.tools;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.observability.Telemetry;
import io.vitrine.server.TestModel;
import io.vitrine.server.TestServer;
import io.vitrine.server.TestTelemetry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Calls of tools over HTTP, by a model that draws any small letter that a constraint admits. */
class ToolCallsTest {

    private static final String TOOLS =
            "'tools':[{'type':'function','function':{'name':'get_weather','description':'d',"
                    + "'parameters':{'type':'object','properties':{'unit':{'enum':['c','f']},'days':{'type':'integer',"
                    + "'minimum':1,'maximum':3}},'required':['unit','days'],'additionalProperties':false}}},"
                    + "{'type':'function','function':{'name':'now'}}]";

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(Telemetry.off(), config -> TestModel.with(TestModel.runner(4_096), 4));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String body(String fields) {
        return ("{'model':'test/model','messages':[{'role':'user','content':'#'}],'max_tokens':150," + fields + "}")
                .replace('\'', '"');
    }

    private static JsonNode choice(String fields) {
        return server.json(TestServer.CHAT, body(fields)).path("choices").get(0);
    }

    private static void requireValid(JsonNode call) {
        assertThat(call.path("type").asText()).isEqualTo("function");
        assertThat(call.path("id").asText()).matches("call_[0-9A-Za-z]{24}");
        JsonNode arguments =
                TestServer.parse(call.path("function").path("arguments").asText());
        if (call.path("function").path("name").asText().equals("now")) {
            assertThat(arguments).isEmpty();
        } else {
            assertThat(call.path("function").path("name").asText()).isEqualTo("get_weather");
            assertThat(arguments.path("unit").asText()).isIn("c", "f");
            assertThat(arguments.path("days").asInt()).isBetween(1, 3);
        }
    }

    @Test
    void requiredToolsAreCalledWithValidArguments() {
        for (int seed = 0; seed < 20; seed++) {
            JsonNode choice = choice(
                    TOOLS + ",'tool_choice':'required','parallel_tool_calls':false,'temperature':1.5,'seed':" + seed);
            assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
            assertThat(choice.path("message").path("content").isNull()).isTrue();
            assertThat(choice.path("message").path("tool_calls")).hasSize(1);
            requireValid(choice.path("message").path("tool_calls").get(0));
        }
    }

    @Test
    void theNamedToolIsCalled() {
        JsonNode choice = choice(TOOLS + ",'tool_choice':{'type':'function','function':{'name':'now'}}");
        assertThat(choice.path("message").path("tool_calls")).hasSize(1);
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("now");
        requireValid(choice.at("/message/tool_calls/0"));
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
    }

    @Test
    void onlyAllowedToolsAreCalled() {
        JsonNode choice = choice(TOOLS + ",'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'required',"
                + "'tools':[{'type':'function','function':{'name':'now'}}]}},'parallel_tool_calls':false");
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("now");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",'tool_choice':'none'", ",'tool_choice':'auto'"})
    void textStaysText(String toolChoice) {
        JsonNode choice = choice(TOOLS + toolChoice + ",'seed':1").path("message");
        assertThat(choice.has("tool_calls")).isFalse();
        assertThat(choice.path("content").asText()).matches("[a-z]{150}");
    }

    @Test
    void theStreamJoinsToTheWholeAnswer() {
        for (int seed = 0; seed < 5; seed++) {
            String fields = TOOLS + ",'tool_choice':'required','temperature':1.5,'seed':" + seed;
            JsonNode whole = choice(fields);
            List<JsonNode> chunks = server.chunks(TestServer.CHAT, body(fields + ",'stream':true"));
            assertThat(chunks.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
            List<String> names = new ArrayList<>();
            TreeMap<Integer, String> arguments = new TreeMap<>();
            for (JsonNode chunk : chunks) {
                for (JsonNode call : chunk.at("/choices/0/delta/tool_calls")) {
                    JsonNode function = call.path("function");
                    if (call.has("id")) {
                        assertThat(function.path("arguments").asText()).isEmpty();
                        assertThat(call.path("index").asInt()).isEqualTo(names.size());
                        assertThat(call.path("type").asText()).isEqualTo("function");
                        names.add(function.path("name").asText());
                    } else {
                        assertThat(function.has("name")).isFalse();
                    }
                    arguments.merge(
                            call.path("index").asInt(),
                            function.path("arguments").asText(),
                            String::concat);
                }
            }
            assertThat(names).isEqualTo(whole.at("/message/tool_calls").findValuesAsText("name"));
            assertThat(arguments.values())
                    .containsExactlyElementsOf(whole.at("/message/tool_calls").findValuesAsText("arguments"));
            assertThat(chunks.stream()
                            .map(chunk -> chunk.at("/choices/0/finish_reason").asText())
                            .filter(reason -> !reason.equals("null")))
                    .containsExactly(whole.path("finish_reason").asText());
        }
    }

    @Test
    void aCallThatIsCutOffEndsWithLength() {
        JsonNode choice = choice(TOOLS + ",'tool_choice':{'type':'function','function':{'name':'get_weather'}},"
                + "'max_completion_tokens':60");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isEqualTo("get_weather");
    }

    @Test
    void requiredCallsGoBeforeAResponseFormat() {
        JsonNode choice = choice(TOOLS + ",'tool_choice':'required','response_format':{'type':'json_object'}");
        assertThat(choice.at("/message/tool_calls/0/function/name").asText()).isNotEmpty();
    }

    @Test
    void historyWithCallsAndResultsIsAnswered() {
        String messages =
                "{'model':'test/model','max_tokens':5," + TOOLS + ",'messages':[{'role':'user','content':'q'},"
                        + "{'role':'assistant','content':null,'tool_calls':[{'id':'call_1','type':'function','function':"
                        + "{'name':'now','arguments':'{}'}}]},{'role':'tool','tool_call_id':'call_1','content':'12:00^'}]}";
        JsonNode answer = server.json(TestServer.CHAT, messages.replace('\'', '"'));
        assertThat(answer.at("/choices/0/message/content").asText()).isNotEmpty();
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isGreaterThan(300);
    }

    @Test
    void callsAreCountedByOutcome() {
        try (Telemetry counted = TestTelemetry.metrics();
                TestServer own = TestServer.start(counted, config -> TestModel.with(TestModel.runner(4_096), 1))) {
            String now = TOOLS + ",'tool_choice':{'type':'function','function':{'name':'now'}}";
            own.json(TestServer.CHAT, body(now));
            own.awaitSummaries(1);
            String scrape = own.getManagement("/metrics").body();
            assertThat(scrape).contains("vitrine_tool_calls_total{model=\"test/model\",outcome=\"completed\"} 1.0");
        }
    }

    static Stream<Arguments> mistakes() {
        String tool = "'tools':[{'type':'function','function':{'name':'f'}}]";
        return Stream.of(
                arguments("'tools':{}", "tools", "a list of tools"),
                arguments("'tools':[1]", "tools[0]", "an object"),
                arguments("'tools':[{'type':'web_search'}]", "tools[0].type", "must be \"function\""),
                arguments("'tools':[{'type':'function'}]", "tools[0].function", "missing"),
                arguments(
                        "'tools':[{'type':'function','function':{'name':'a b'}}]", "tools[0].function.name", "letters"),
                arguments(
                        "'tools':[{'type':'function','function':{'name':'f','parameters':[]}}]",
                        "tools[0].function.parameters",
                        "a JSON Schema of an object"),
                arguments(
                        tool.replace("]", ",{'type':'function','function':{'name':'f'}}]"),
                        "tools[1].function.name",
                        "another tool"),
                arguments(
                        "'tools':[{'type':'function','function':{'name':'f','strict':true,'parameters':{'type':'object',"
                                + "'properties':{'a':{'type':'array','uniqueItems':true}}}}}]",
                        "tools[0].function.parameters#/properties/a",
                        "uniqueItems is not supported"),
                arguments("'tool_choice':'required'", "tool_choice", "together with tools"),
                arguments(tool + ",'tool_choice':'maybe'", "tool_choice", "must be"),
                arguments(tool + ",'tool_choice':{}", "tool_choice", "an object with a type"),
                arguments(
                        tool + ",'tool_choice':{'type':'function','function':{'name':'g'}}",
                        "tool_choice.function.name",
                        "the name of one of the tools"),
                arguments(
                        tool + ",'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'none','tools':[]}}",
                        "tool_choice.allowed_tools.mode",
                        "\"auto\" or \"required\""),
                arguments(tool + ",'parallel_tool_calls':1", "parallel_tool_calls", "true or false"),
                arguments(tool + ",'guided_regex':'a'", "guided_regex", "together with tools"),
                arguments("'functions':[{'name':'f'}]", "functions", "use tools"),
                arguments("'function_call':'auto'", "function_call", "use tool_choice"),
                arguments("'enable_thinking':true", "enable_thinking", "cannot switch it on"),
                arguments("'chat_template_kwargs':[1]", "chat_template_kwargs", "an object"),
                arguments("'chat_template_kwargs':{'messages':[]}", "chat_template_kwargs", "variable messages"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesNameTheirField(String fields, String param, String message) {
        HttpResponse<String> answer = server.post(TestServer.CHAT, body(fields));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode error = TestServer.parse(answer.body()).path("error");
        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("message").asText()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'[1]'", "'{'", "{}", "'{} {}'"})
    void argumentsInHistoryMustBeTheTextOfAnObject(String arguments) {
        String messages =
                "{'model':'test/model','messages':[{'role':'assistant','tool_calls':[{'id':'1','type':'function',"
                        + "'function':{'name':'now','arguments':" + arguments + "}}]}]}";
        HttpResponse<String> answer = server.post(TestServer.CHAT, messages.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(TestServer.parse(answer.body()).at("/error/param").asText())
                .isEqualTo("messages[0].tool_calls[0].function.arguments");
    }
}
