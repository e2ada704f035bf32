package io.vitrine.model.text;

import java.util.List;
import java.util.Map;

import io.vitrine.model.weights.ModelFormatException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EndOfTextTest {

    private static final int END_OF_DOCUMENT = 0;
    private static final int END_OF_TURN = 2;

    @Test
    void addsTheEndOfTurnThatTheTemplateUses() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            assertThat(EndOfText.ids(List.of(END_OF_DOCUMENT), tokenizer, "{{ m }}<|im_end|>"))
                    .containsExactlyInAnyOrder(END_OF_DOCUMENT, END_OF_TURN);
            assertThat(EndOfText.ids(List.of(END_OF_TURN), tokenizer, "<|im_end|>"))
                    .containsExactly(END_OF_TURN);
        }
    }

    @Test
    void leavesOutEndsOfTurnThatTheTemplateDoesNotUseOrTheVocabularyLacks() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            assertThat(EndOfText.ids(List.of(END_OF_DOCUMENT), tokenizer, "")).containsExactly(END_OF_DOCUMENT);
            assertThat(EndOfText.ids(List.of(), tokenizer, "<|eot_id|> <end_of_turn>"))
                    .isEmpty();
        }
    }

    @Test
    void leavesOutAnEndOfTurnThatIsOrdinaryText() {
        Map<String, Object> gguf = TokenizerCases.byteLevel();
        int[] types = (int[]) gguf.get("tokenizer.ggml.token_type");
        types[END_OF_TURN] = 4; // user defined: part of the text
        try (Tokenizer tokenizer = TokenizerCases.open(gguf)) {
            assertThat(EndOfText.ids(List.of(END_OF_DOCUMENT), tokenizer, "<|im_end|>"))
                    .containsExactly(END_OF_DOCUMENT);
        }
    }

    @Test
    void takesTheSentencePieceEndOnlyWhereItIsNamedAsEos() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.sentencePiece())) {
            assertThat(EndOfText.ids(List.of(), tokenizer, "</s>")).isEmpty();
            assertThat(EndOfText.ids(List.of(2), tokenizer, "</s>")).containsExactly(2);
        }
    }

    @Test
    void refusesAnIdOutsideTheVocabulary() {
        try (Tokenizer tokenizer = TokenizerCases.open(TokenizerCases.byteLevel())) {
            for (int id : new int[] {-1, tokenizer.vocabularySize()}) {
                assertThatThrownBy(() -> EndOfText.ids(List.of(id), tokenizer, ""))
                        .isInstanceOf(ModelFormatException.class)
                        .hasMessageContaining(String.valueOf(id));
            }
        }
    }
}
