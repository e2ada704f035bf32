package io.vitrine.grammar.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.vitrine.grammar.automaton.ByteSet;
import io.vitrine.grammar.automaton.Language;
import io.vitrine.grammar.automaton.Languages;
import io.vitrine.grammar.automaton.Work;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NumberTextTest {

    private final Languages languages = new Languages(ByteSet.ALL, 1_000_000, new Work(10_000_000));
    private final NumberText numbers = new NumberText(languages);

    private boolean accepts(Language language, String text) {
        return languages.accepts(language, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Property(tries = 2_000)
    void acceptsExactlyTheNumbersInRange(
            @ForAll("decimals") BigDecimal a,
            @ForAll("decimals") BigDecimal b,
            @ForAll boolean exclusiveMin,
            @ForAll boolean exclusiveMax,
            @ForAll boolean integer,
            @ForAll("decimals") BigDecimal value) {
        NumberRange range = NumberRange.ALL.atLeast(a.min(b), exclusiveMin).atMost(a.max(b), exclusiveMax);
        range = integer ? range.integers() : range;
        int low = value.compareTo(a.min(b));
        int high = value.compareTo(a.max(b));
        boolean inside = (exclusiveMin ? low > 0 : low >= 0)
                && (exclusiveMax ? high < 0 : high <= 0)
                && (!integer || value.stripTrailingZeros().scale() <= 0);
        Language language = numbers.of(range);
        assertThat(accepts(language, Documents.number(value))).isEqualTo(inside);
        if (!integer) {
            String padded = value.toPlainString() + (value.scale() > 0 ? "00" : ".00");
            assertThat(accepts(language, padded)).isEqualTo(inside);
        }
    }

    @Property(tries = 1_000)
    void acceptsExactlyTheMultiples(@ForAll("divisors") BigDecimal divisor, @ForAll("decimals") BigDecimal value) {
        boolean multiple = value.remainder(divisor).signum() == 0;
        Language language = numbers.of(NumberRange.ALL.multiplesOf(divisor));
        assertThat(accepts(language, Documents.number(value))).isEqualTo(multiple);
        assertThat(accepts(
                        language,
                        Documents.number(value.setScale(0, RoundingMode.DOWN).multiply(divisor))))
                .isTrue();
    }

    @Provide
    Arbitrary<BigDecimal> decimals() {
        return Arbitraries.oneOf(
                Arbitraries.bigDecimals()
                        .between(new BigDecimal("-20"), new BigDecimal("20"))
                        .ofScale(1),
                Arbitraries.bigDecimals()
                        .between(new BigDecimal("-12000"), new BigDecimal("12000"))
                        .ofScale(3),
                Arbitraries.integers().between(-1_000, 1_000).map(BigDecimal::valueOf));
    }

    @Provide
    Arbitrary<BigDecimal> divisors() {
        return Arbitraries.of("1", "2", "7", "10", "144", "0.1", "0.01", "0.25", "2.5", "0.07", "1000")
                .map(BigDecimal::new);
    }

    @Test
    void unboundedNumbersAreJsonNumbers() {
        Language language = numbers.of(NumberRange.ALL);
        for (String text : List.of("0", "-0", "10", "1.50", "1e5", "-1.5E-10", "9".repeat(64))) {
            assertThat(accepts(language, text)).as(text).isTrue();
        }
        for (String text : List.of("", "-", "01", "1.", ".5", "+1", "1e", "1e1000", "0x1", "9".repeat(65), "NaN")) {
            assertThat(accepts(language, text)).as(text).isFalse();
        }
    }

    @Test
    void emptyRangesAreEmpty() {
        NumberRange between =
                NumberRange.ALL.atLeast(new BigDecimal("1.2"), false).atMost(new BigDecimal("1.9"), false);
        assertThat(languages.isEmpty(numbers.of(between))).isFalse();
        assertThat(languages.isEmpty(numbers.of(between.integers()))).isTrue();
        assertThat(languages.isEmpty(numbers.of(between.multiplesOf(new BigDecimal("0.7")))))
                .isFalse();
        assertThat(languages.isEmpty(numbers.of(between.multiplesOf(new BigDecimal("1.1")))))
                .isTrue();
        BigDecimal huge = new BigDecimal(BigInteger.ONE, -1_000_000);
        assertThat(languages.isEmpty(numbers.of(NumberRange.ALL.atLeast(huge, false))))
                .isTrue();
        assertThat(accepts(numbers.of(NumberRange.ALL.atMost(huge, false)), "5"))
                .isTrue();
    }
}
