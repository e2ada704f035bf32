package io.vitrine.model.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vitrine.model.weights.ModelFormatException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenTableTest {

    private static final String SENTENCE_PIECE =
            "{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'▁'},'content':' '},"
                    + "{'type':'ByteFallback'},{'type':'Fuse'}%s]}";

    @Test
    void reachesToTheLargestIdAndNamesAHole() throws Exception {
        TokenTable table = table("{'type':'ByteLevel'}", "{'a':0,'b':5}", "[{'id':8,'content':'<x>','special':true}]");
        assertThat(table.size()).isEqualTo(9);
        assertThat(table.spelling(5)).isEqualTo("b");
        assertThat(table.isSpecial(8)).isTrue();
        assertThatThrownBy(() -> table.bytes(3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no token with id 3");
    }

    @Test
    void writesAddedTokensAsPlainTextBesideAByteLevelVocabulary() throws Exception {
        TokenTable table = table("{'type':'ByteLevel'}", "{'Ã©':0}", "[{'id':1,'content':'é','special':false}]");
        assertThat(table.bytes(0)).asString().isEqualTo("é");
        assertThat(table.bytes(1)).asString().isEqualTo("é");
    }

    @Test
    void readsSpacesAndBytesOfASentencePieceVocabulary() throws Exception {
        TokenTable table = table(SENTENCE_PIECE.formatted(""), "{'▁▁the':0,'<0xe2>':1,'<0xE22>':2}", "[]");
        assertThat(table.bytes(0)).asString().isEqualTo("  the");
        assertThat(table.bytes(1)).containsExactly((byte) 0xE2);
        assertThat(table.bytes(2)).asString().isEqualTo("<0xE22>");
    }

    @Test
    void refusesDecodersThatItDoesNotKnowByName() {
        for (String decoder : new String[] {
            "null",
            "{'type':'Metaspace'}",
            "{'type':'CTC'}",
            "{'type':'Sequence','decoders':[]}",
            "{'type':'Sequence','decoders':[{'type':'ByteFallback'},{'type':'Fuse'}]}",
            SENTENCE_PIECE.formatted(",{'type':'Strip','content':' ','start':1,'stop':1}"),
            SENTENCE_PIECE.formatted(",{'type':'Strip','content':'x','start':1,'stop':0}"),
            SENTENCE_PIECE.formatted(",{'type':'CTC'}"),
            SENTENCE_PIECE.formatted("").replace("▁", "_"),
        }) {
            assertThatThrownBy(() -> table(decoder, "{'a':0}", "[]"))
                    .as(decoder)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("decoder");
        }
    }

    private static TokenTable table(String decoder, String vocabulary, String added) throws Exception {
        String json = "{'decoder':%s,'model':{'vocab':%s},'added_tokens':%s}".formatted(decoder, vocabulary, added);
        return TokenTable.of(new ObjectMapper().readTree(json.replace('\'', '"')));
    }
}
