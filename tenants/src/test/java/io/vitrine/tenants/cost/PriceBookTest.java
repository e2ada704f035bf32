package io.vitrine.tenants.cost;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Random;

import io.vitrine.tenants.Money;
import io.vitrine.tenants.yaml.YamlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PriceBookTest {

    private static final Instant MARCH = Instant.parse("2026-03-15T12:00:00Z");
    private static final Usage MILLION_EACH = new Usage(2_000_000, 1_000_000, 1_000_000);

    private final PriceBook book = PriceBookFile.read("""
        currency: USD
        prices:
          - {model: "smollm2-*", valid-from: 2026-01-01, input: 0.10, cached-input: 0.05, output: 0.40}
          - {model: "smollm2-*", valid-from: 2026-04-01, input: 0.20, cached-input: 0.10, output: 0.80}
          - {model: smollm2-135m, valid-from: 2026-03-01, input: 7, output: 9}
          - {model: "smollm2-1*", valid-from: 2026-06-01, input: 1, output: 1}
          - model: long
            tier-by: input-tokens
            tiers:
              - {from: 0, input: 1.25, output: 10}
              - {from: 200000, input: 2.50, output: 15}
          - model: bulk
            tier-by: month-tokens
            tiers:
              - {from: 0, input: 2, cached-input: 1, output: 4}
              - {from: 1000000, input: 1, cached-input: 0.5, output: 5}
        """, "prices.yaml");

    @Test
    void chargesInputCachedInputAndOutputByTheMillion() {
        assertThat(book.price("smollm2-360m", MILLION_EACH, MARCH, 0))
                .contains(new Price(usd("0.1"), usd("0.05"), usd("0.4")));
        assertThat(book.price("smollm2-360m", new Usage(1, 0, 0), MARCH, 0)
                        .orElseThrow()
                        .total())
                .isEqualTo(usd("0.0000001"));
    }

    @Test
    void takesAModelsNameBeforeAPatternAndALongPatternBeforeAShortOne() {
        assertThat(input("smollm2-135m", "2026-03-15")).isEqualTo("7 USD");
        assertThat(input("smollm2-135m-instruct", "2026-07-01")).isEqualTo("1 USD");
        assertThat(input("smollm2-360m", "2026-07-01")).isEqualTo("0.2 USD");
    }

    @Test
    void changesThePriceAtMidnightOfTheDayItIsValidFrom() {
        assertThat(inputAt("smollm2-360m", "2026-03-31T23:59:59.999Z")).isEqualTo("0.1 USD");
        assertThat(inputAt("smollm2-360m", "2026-04-01T00:00:00Z")).isEqualTo("0.2 USD");
        assertThat(input("smollm2-135m", "2026-02-28")).isEqualTo("0.1 USD");
    }

    @Test
    void hasNoPriceForAModelThatNothingMatchesOrNotYet() {
        assertThat(book.price("llama", MILLION_EACH, MARCH, 0)).isEmpty();
        assertThat(book.worstCase("llama", MILLION_EACH, MARCH)).isEmpty();
        assertThat(book.price("smollm2-360m", MILLION_EACH, Instant.parse("2025-12-31T23:59:59Z"), 0))
                .isEmpty();
        assertThat(book.missing(List.of("llama", "bulk"), MARCH)).containsExactly("llama");
    }

    @Test
    void chargesTheWholeRequestAtTheTierOfItsInput() {
        assertThat(book.price("long", new Usage(199_999, 0, 0), MARCH, 0)
                        .orElseThrow()
                        .total())
                .isEqualTo(usd("0.24999875"));
        assertThat(book.price("long", new Usage(200_000, 0, 1), MARCH, 0)
                        .orElseThrow()
                        .total())
                .isEqualTo(usd("0.500015"));
    }

    @Test
    void chargesTheWholeRequestAtTheTierInWhichItsTenantIs() {
        assertThat(book.price("bulk", new Usage(1_000_000, 0, 0), MARCH, 999_999)
                        .orElseThrow()
                        .total())
                .isEqualTo(usd("2"));
        assertThat(book.price("bulk", new Usage(1_000_000, 0, 0), MARCH, 1_000_000)
                        .orElseThrow()
                        .total())
                .isEqualTo(usd("1"));
    }

    @Test
    void neverChargesMoreThanTheWorstCaseThatWasReserved() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            String model =
                    List.of("smollm2-360m", "smollm2-135m", "long", "bulk").get(random.nextInt(4));
            int prompt = random.nextInt(random.nextBoolean() ? 20 : 300_000);
            int max = random.nextInt(1_000);
            int answers = 1 + random.nextInt(3);
            Usage used = new Usage(prompt, random.nextInt(prompt + 1), random.nextInt(max * answers + 1));
            Money worst = book.worstCase(model, Usage.worstCase(prompt, max, answers), MARCH)
                    .orElseThrow();
            Price price =
                    book.price(model, used, MARCH, random.nextInt(2_000_000)).orElseThrow();
            assertThat(price.total()).isLessThanOrEqualTo(worst);
        }
    }

    @Test
    void neverChargesMoreThanTheWorstCaseWhereRoundingIsAllThereIs() {
        PriceBook tiny = PriceBookFile.read(
                "currency: USD\nprices: [{model: m, input: 0.0005, cached-input: 0.0005, output: 0.0005}]", "p");
        for (int prompt = 0; prompt < 20; prompt++) {
            for (int cached = 0; cached <= prompt; cached++) {
                for (int output = 0; output < 20; output++) {
                    Money worst = tiny.worstCase("m", new Usage(prompt, 0, output), MARCH)
                            .orElseThrow();
                    assertThat(tiny.price("m", new Usage(prompt, cached, output), MARCH, 0)
                                    .orElseThrow()
                                    .total())
                            .isLessThanOrEqualTo(worst);
                }
            }
        }
    }

    @Test
    void reservesNothingForAFreeModel() {
        PriceBook free = PriceBookFile.read("currency: USD\nprices: [{model: '*', input: 0, output: 0}]", "p");
        assertThat(free.worstCase("any", MILLION_EACH, MARCH)).contains(usd("0"));
    }

    @Test
    void roundsNoMoreThanHalfABillionthAPart() {
        Random random = new Random(6);
        for (int i = 0; i < 2_000; i++) {
            Usage usage = new Usage(random.nextInt(5_000), 0, random.nextInt(5_000));
            BigDecimal exact = BigDecimal.valueOf(usage.promptTokens())
                    .multiply(new BigDecimal("0.1234567"))
                    .add(BigDecimal.valueOf(usage.outputTokens()).multiply(new BigDecimal("7.654321")))
                    .movePointLeft(6);
            PriceBook odd =
                    PriceBookFile.read("currency: USD\nprices: [{model: m, input: 0.1234567, output: 7.654321}]", "p");
            BigDecimal charged =
                    odd.price("m", usage, MARCH, 0).orElseThrow().total().amount();
            assertThat(charged.subtract(exact).abs()).isLessThanOrEqualTo(new BigDecimal("0.000000001"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {model: a, input: 1, output: 1}, {model: a, input: 2, output: 2} | there are two prices of a from 1970-01-01 on
        {model: a*, input: 1, output: 1}, {model: '*b', input: 2, output: 2} | overlap, and neither pattern is the closer one
        {model: a, input: 1}                                   | prices[0] must have the key output
        {model: a, input: -1, output: 1}                       | prices[0].input must be a number from 0 to 1000000: -1
        {model: a, input: free, output: 1}                     | prices[0].input must be a number from 0 to 1000000: free
        {model: a, input: 1, cached-input: 2, output: 1}       | cached input must not cost more than input: 2 > 1
        {model: a, input: 1, output: 1, valid-from: soon}      | prices[0].valid-from must be a date such as 2026-01-31: soon
        {model: a, input: 1, output: 1, tier: 1}               | prices[0] has unknown keys [tier]
        {model: a, tiers: []}                                  | prices[0] must have the key tier-by
        {model: a, tier-by: input-tokens, tiers: []}           | the first tier of a must be from 0 tokens
        {model: a, tier-by: tokens, tiers: [{from: 0, input: 1, output: 1}]} | prices[0].tier-by must be one of [input-tokens, month-tokens]: tokens
        {model: a, tier-by: input-tokens, tiers: [{from: 5, input: 1, output: 1}]} | the first tier of a must be from 0 tokens
        {model: a, tier-by: input-tokens, tiers: [{from: 0, input: 1, output: 1}, {from: 0, input: 1, output: 1}]} | prices[0].tiers[1] begins where another tier does: 0
        """)
    void saysWhereAndWhatIsWrong(String items, String message) {
        assertThatThrownBy(() -> PriceBookFile.read("currency: USD\nprices: [" + items + "]", "prices.yaml"))
                .isInstanceOf(YamlException.class)
                .hasMessageStartingWith("prices.yaml: ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesAnUnknownCurrencyAndImpossibleUsage() {
        assertThatThrownBy(() -> PriceBookFile.read("currency: dollar\nprices: []", "p"))
                .hasMessageContaining("three capital letters: dollar");
        assertThatThrownBy(() -> new Usage(5, 6, 0)).hasMessageContaining("5, 6, 0");
        assertThatThrownBy(() -> Usage.worstCase(1, Long.MAX_VALUE, 2)).isInstanceOf(ArithmeticException.class);
    }

    private String input(String model, String day) {
        return inputAt(model, day + "T12:00:00Z");
    }

    private String inputAt(String model, String at) {
        return book.price(model, MILLION_EACH, Instant.parse(at), 0)
                .orElseThrow()
                .input()
                .toString();
    }

    private static Money usd(String amount) {
        return Money.of(amount, "USD");
    }
}
