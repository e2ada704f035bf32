package io.vitrine.server.http;

import java.net.http.HttpResponse;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vitrine.server.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class TokenizationTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode ask(String path, String body) {
        return server.json(path, body.replace('\'', '"'));
    }

    @Test
    void textsBecomeTokensAndTextsAgain() {
        JsonNode tokens = ask("/tokenize", "{'prompt':'hé','return_token_strs':true}");
        assertThat(tokens.toString().replace('"', '\''))
                .isEqualTo("{'count':4,'max_model_len':512,'tokens':[257,104,195,169],"
                        + "'token_strs':['<|start|>','<0x68>','<0xC3>','<0xA9>']}");
        JsonNode text = ask("/detokenize", "{'model':'test/model','tokens':" + tokens.path("tokens") + "}");
        assertThat(text.toString()).isEqualTo("{\"prompt\":\"hé\"}");
    }

    @Test
    void specialTokensMayBeLeftOut() {
        JsonNode tokens = ask("/tokenize", "{'model':'test/model','prompt':'h','add_special_tokens':false}");
        assertThat(tokens.toString().replace('"', '\''))
                .isEqualTo("{'count':1,'max_model_len':512,'tokens':[104],'token_strs':null}");
    }

    @Test
    void chatsAreTokenizedAsTheyWouldBeAnswered() {
        String messages = "'messages':[{'role':'user','content':'hi'}]";
        JsonNode tokens = ask("/tokenize", "{" + messages + "}");
        JsonNode answer = ask(TestServer.CHAT, "{'model':'test/model','max_tokens':1," + messages + "}");
        assertThat(tokens.path("count").asInt())
                .isEqualTo(answer.at("/usage/prompt_tokens").asInt());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("/tokenize", "{}", 400, "prompt"),
                arguments("/tokenize", "{'prompt':1}", 400, "prompt"),
                arguments("/tokenize", "{'prompt':'a','messages':[{'role':'user','content':'a'}]}", 400, "prompt"),
                arguments("/tokenize", "{'prompt':'a','model':'none'}", 404, "model"),
                arguments("/tokenize", "{'messages':[]}", 400, "messages"),
                arguments("/tokenize", "{'prompt':'" + "x".repeat(10_000) + "'}", 400, "null"),
                arguments("/detokenize", "{}", 400, "tokens"),
                arguments("/detokenize", "{'tokens':'a'}", 400, "tokens"),
                arguments("/detokenize", "{'tokens':[1.5]}", 400, "tokens[0]"),
                arguments("/detokenize", "{'tokens':[258]}", 400, "tokens"),
                arguments("/detokenize", "{'tokens':[" + "1,".repeat(600) + "1]}", 400, "null"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesNameTheirField(String path, String body, int status, String param) {
        HttpResponse<String> answer = server.post(path, body.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(TestServer.parse(answer.body()).at("/error/param").asText()).isEqualTo(param);
    }
}
