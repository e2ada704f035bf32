package io.vitrine.model.terminal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShownTextTest {

    @Test
    void escapesWhatATerminalObeys() {
        assertThat(ShownText.escaped("a\u001b[31mred\u0007\r\n\u009b2J\u007f"))
                .isEqualTo("a\\u001b[31mred\\u0007\\u000d\\u000a\\u009b2J\\u007f");
        assertThat(ShownText.escapedLines("a\n\tb")).isEqualTo("a\n\tb");
    }

    @Test
    void escapesWhatReordersOrHidesWords() {
        assertThat(ShownText.escaped("\u202etxt\u2066\u2069\u200b\u2028\ufeff"))
                .isEqualTo("\\u202etxt\\u2066\\u2069\\u200b\\u2028\\ufeff");
        assertThat(ShownText.escaped("\udb40\udc41")).isEqualTo("\\udb40\\udc41");
        assertThat(ShownText.escaped("x\ud800y")).isEqualTo("x\\ud800y");
    }

    @Test
    void leavesOrdinaryTextOfAnyScriptAlone() {
        String text = "Müller 日本 עברית 😀 C:\\models";
        assertThat(ShownText.escaped(text)).isSameAs(text);
    }

    @ParameterizedTest
    @CsvSource({
        "http://user:pw@host/x, http://***@host/x",
        "'see https://token@host:8080?q=a@b, and more', 'see https://***@host:8080?q=a@b, and more'",
        "http://host/user@example, http://host/user@example",
        "mailto a@b, mailto a@b",
    })
    void masksUserAndPasswordOfAddresses(String text, String shown) {
        assertThat(ShownText.withoutCredentials(text)).isEqualTo(shown);
    }
}
