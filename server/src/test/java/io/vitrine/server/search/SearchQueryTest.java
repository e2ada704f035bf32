package io.vitrine.server.search;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import io.vitrine.server.search.SearchKey.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SearchQueryTest {

    private static final SearchRow ROW = new MapRow(
            Map.of(
                    SearchKey.TENANT, "acme",
                    SearchKey.MODEL, "org/model-1",
                    SearchKey.OUTCOME, "failed",
                    SearchKey.STATUS, "500",
                    SearchKey.FINISH, "length",
                    SearchKey.STREAM, "true"),
            Map.of(
                    SearchKey.TTFT, 812.5,
                    SearchKey.DURATION, 2_500.0,
                    SearchKey.STATUS, 500.0,
                    SearchKey.IN, 2_000.0,
                    SearchKey.COST, 0.25),
            "request_completed outcome=failed model_failed <script>");

    private record MapRow(Map<SearchKey, String> texts, Map<SearchKey, Double> numbers, String message)
            implements SearchRow {

        @Override
        public Optional<String> text(SearchKey key) {
            return Optional.ofNullable(texts.get(key));
        }

        @Override
        public OptionalDouble number(SearchKey key) {
            Double number = numbers.get(key);
            return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
        }
    }

    private static boolean matches(String query) {
        return SearchQuery.parse(query, Corpus.REQUESTS).matches(ROW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "tenant:acme",
                "TENANT:acme",
                "tenant:other,acme",
                "tenant:ac*",
                "model:\"org/model-1\"",
                "-tenant:other",
                "ttft>500ms",
                "ttft>=812.5",
                "ttft<1s",
                "duration<=2500",
                "duration>0.04m",
                "duration=2.5s",
                "in:2k",
                "in>=2000",
                "cost<1",
                "status:failed",
                "status:500",
                "status:429,500",
                "status>=500",
                "stream:true",
                "failed",
                "-succeeded",
                "\"outcome failed\"",
                "-\"failed outcome\"",
                "tenant:acme ttft>500ms finish:length status:failed model:org/* model_failed"
            })
    void matchesWhatHolds(String query) {
        assertThat(matches(query)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tenant:Acme",
                "tenant:ac",
                "-tenant:acme",
                "ttft>900ms",
                "tpot>0",
                "tpot<1h",
                "error:queue_full",
                "fail",
                "status:completed",
                "tenant:acme ttft<1"
            })
    void doesNotMatchWhatDoesNotHold(String query) {
        assertThat(matches(query)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "tenannt:acme|0|7|there is no key 'tenannt'",
                "tenant:acme ttft>fast|17|4|'ttft' needs a number with a unit",
                "ttft>5parsecs|5|8|'ttft' needs a number with a unit",
                "tenant>5|6|1|'tenant' is no number",
                "tenant:|7|0|a value must follow 'tenant:'",
                "tenant:a,|9|0|a value must follow",
                "finish:never|7|5|'finish' is never 'never'",
                "tenant:\"acme|7|5|closing quotation mark",
                "ab -|3|1|a term must follow the minus sign",
                "!!!|0|3|text must have a letter or a digit",
                "in>1,2|3|3|a comparison has one value",
                "level:INFO|0|5|there is no key 'level'"
            })
    void saysWhatIsWrongAndWhere(String query, int position, int length, String message) {
        assertThatExceptionOfType(SearchException.class)
                .isThrownBy(() -> SearchQuery.parse(query, Corpus.REQUESTS))
                .satisfies(mistake -> {
                    assertThat(mistake.getMessage()).contains(message, "(at character " + (position + 1) + ")");
                    assertThat(mistake.position()).isEqualTo(position);
                    assertThat(mistake.length()).isEqualTo(length);
                });
    }

    @Test
    void boundsTermsValuesAndLength() {
        assertThatExceptionOfType(SearchException.class)
                .isThrownBy(() -> SearchQuery.parse("a ".repeat(33), Corpus.REQUESTS))
                .withMessageContaining("32 terms");
        assertThatExceptionOfType(SearchException.class)
                .isThrownBy(() -> SearchQuery.parse("tenant:" + "a,".repeat(33) + "a", Corpus.REQUESTS))
                .withMessageContaining("32 values");
        assertThatExceptionOfType(SearchException.class)
                .isThrownBy(() -> SearchQuery.parse("a".repeat(1_001), Corpus.REQUESTS))
                .withMessageContaining("1000 characters");
    }

    @Test
    void namesWhatAStoreCanLookFor() {
        SearchQuery query = SearchQuery.parse("tenant:acme -id:x level:a* hello \"big world\" -no", Corpus.LOGS);

        assertThat(query.required(SearchKey.TENANT)).contains("acme");
        assertThat(query.required(SearchKey.ID)).isEmpty();
        assertThat(query.required(SearchKey.LEVEL)).isEmpty();
        assertThat(query.requiredWords()).contains("hello big world");
    }

    @Test
    void completesKeysAndValues() {
        assertThat(Completion.of("te", 2, Corpus.REQUESTS, key -> Map.of()).items())
                .extracting(Completion.Item::insert)
                .containsExactly("tenant:");
        Completion values = Completion.of(
                "ttft>1s -tenant:ac", 18, Corpus.REQUESTS, key -> Map.of("acme", 3L, "a c", 5L, "zoo", 9L));
        assertThat(values.from()).isEqualTo(16);
        assertThat(values.to()).isEqualTo(18);
        assertThat(values.items()).extracting(Completion.Item::insert).containsExactly("acme");
        assertThat(Completion.of("finish:le", 9, Corpus.REQUESTS, key -> Map.of())
                        .items())
                .extracting(Completion.Item::insert)
                .startsWith("length")
                .contains("cancelled")
                .doesNotContain("stop");
        assertThat(Completion.of("nokey:x", 7, Corpus.REQUESTS, key -> Map.of()).items())
                .isEmpty();
    }
}
