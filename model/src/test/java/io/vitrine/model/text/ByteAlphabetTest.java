package io.vitrine.model.text;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ByteAlphabetTest {

    @Test
    void writesEveryByteAsOneVisibleCharacterAndReadsItBack() {
        Set<Character> seen = new HashSet<>();
        for (int value = 0; value < 256; value++) {
            char character = ByteAlphabet.character(value);
            assertThat(seen.add(character)).isTrue();
            assertThat(Character.isWhitespace(character) || Character.isISOControl(character))
                    .isFalse();
            assertThat(ByteAlphabet.bytes(String.valueOf(character))).containsExactly((byte) value);
        }
    }

    /** As every GPT-2 style vocabulary spells them. */
    @Test
    void spellsSpaceAndNewlineTheWayGpt2Does() {
        assertThat(ByteAlphabet.character(' ')).isEqualTo('Ġ');
        assertThat(ByteAlphabet.character('\n')).isEqualTo('Ċ');
        assertThat(ByteAlphabet.character(0x7F)).isEqualTo('ġ');
        assertThat(ByteAlphabet.character(0xAD)).isEqualTo('Ń');
        assertThat(ByteAlphabet.character('a')).isEqualTo('a');
    }

    @Test
    void doesNotSpellCharactersOutsideTheAlphabet() {
        assertThat(ByteAlphabet.spells("Ġthe")).isTrue();
        assertThat(ByteAlphabet.spells("a b")).isFalse();
        assertThat(ByteAlphabet.spells("你")).isFalse();
        assertThat(ByteAlphabet.spells("\u00ad")).isFalse();
    }
}
