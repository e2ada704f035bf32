package io.vitrine.tenants;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MoneyTest {

    @Test
    void addsExactlyWhatFloatsDoNot() {
        assertThat(Money.of("0.1", "USD").plus(Money.of("0.2", "USD"))).isEqualTo(Money.of("0.3", "USD"));
        assertThat(Money.of("0.1", "USD").minus(Money.of("0.3", "USD"))).isEqualTo(Money.of("-0.2", "USD"));
    }

    @Test
    void roundsHalfToEvenAtTheNinthDecimal() {
        assertThat(Money.of("0.0000000005", "USD").nanos()).isZero();
        assertThat(Money.of("0.0000000015", "USD").nanos()).isEqualTo(2);
        assertThat(Money.of("-0.0000000016", "USD").nanos()).isEqualTo(-2);
        assertThat(Money.of("0.000000003", "USD").times(new BigDecimal("0.5")).nanos())
                .isEqualTo(2);
    }

    @Test
    void refusesToMixCurrencies() {
        Money dollar = Money.of("1", "USD");
        assertThatThrownBy(() -> dollar.plus(Money.of("1", "EUR"))).hasMessage("cannot mix USD with EUR");
        assertThatThrownBy(() -> dollar.compareTo(Money.zero("EUR"))).hasMessage("cannot mix USD with EUR");
    }

    @Test
    void throwsInsteadOfOverflowing() {
        Money most = new Money(Long.MAX_VALUE, "USD");
        assertThatThrownBy(() -> most.plus(new Money(1, "USD"))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.of("9223372037", "USD")).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void refusesWhatIsNoCurrency() {
        assertThatThrownBy(() -> Money.zero("usd")).hasMessageContaining("three capital letters: usd");
    }

    @Test
    void readsLikeAPrice() {
        assertThat(Money.of("0.00125", "USD")).hasToString("0.00125 USD");
        assertThat(Money.of("100", "EUR")).hasToString("100 EUR");
        assertThat(Money.zero("EUR")).hasToString("0 EUR");
    }
}
