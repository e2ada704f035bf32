package io.vitrine.loadtest.client;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vitrine.loadtest.client.ScriptedServer.Answer;
import io.vitrine.loadtest.client.ScriptedServer.Script;
import io.vitrine.loadtest.measure.Check;
import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.measure.Outcome;
import io.vitrine.loadtest.measure.Percentiles;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.measure.TokenCounting;
import io.vitrine.loadtest.measure.Validity;
import io.vitrine.loadtest.workload.Arrivals;
import io.vitrine.loadtest.workload.Lengths;
import io.vitrine.loadtest.workload.Plan;
import io.vitrine.loadtest.workload.PlannedRequest;
import io.vitrine.loadtest.workload.RateProfile;
import io.vitrine.loadtest.workload.RequestSource;
import io.vitrine.loadtest.workload.SyntheticRequests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The driver against a server whose times are known: every metric must be exact. */
class LoadDriverTest {

    private static final long MILLI = ScriptedServer.MILLI;
    private static final long SECOND = 1000 * MILLI;
    private static final DriverOptions OPTIONS =
            new DriverOptions(0, 0, Integer.MAX_VALUE, 600 * SECOND, 60 * SECOND, "t-");

    private final VirtualTime time = new VirtualTime();
    private final RunMonitor monitor = new RunMonitor();

    @Test
    void measuresEveryTimeOfARequestExactly() {
        RequestRecord record = onlyRecord(Answer.tokens(new long[] {50, 60, 90, 100}, new int[] {2, 1, 3, 2}, 130));

        assertThat(record.clientWait()).hasValue(0);
        assertThat(record.ttft()).hasValue(50 * MILLI);
        assertThat(record.ttftUser()).hasValue(50 * MILLI);
        assertThat(record.ttfo()).hasValue(50 * MILLI);
        assertThat(record.ttst()).hasValue(10 * MILLI);
        // 6 tokens after the first chunk's 2, over 50 ms: a form that divides by N - 1 gives 7.1 ms.
        assertThat(record.tpot().orElseThrow()).isCloseTo(50.0 / 6 * MILLI, within(1e-3));
        assertThat(record.e2e()).hasValue(130 * MILLI);
        assertThat(record.normalised().orElseThrow()).isCloseTo(130.0 / 8 * MILLI, within(1e-3));
        assertThat(record.maxGapNanos()).isEqualTo(30 * MILLI);
        assertThat(record.outputTokens()).isEqualTo(8);
        assertThat(record.counting()).isEqualTo(TokenCounting.PER_CHUNK);
    }

    @Test
    void spreadsAGapOverTheTokensOfItsChunk() {
        RunLog log = run(one(), server(1, index -> Answer.tokens(new long[] {50, 90, 100}, new int[] {1, 4, 1}, 100)));

        assertThat(log.interChunk().getTotalCount()).isEqualTo(2);
        assertThat(log.interChunk().getMaxValue() / MILLI).isEqualTo(40);
        assertThat(log.interToken().getTotalCount()).isEqualTo(5);
        assertThat(log.interToken().getMean() / MILLI).isCloseTo(10, within(0.02));
        assertThat(log.interToken().getMaxValue() / MILLI).isEqualTo(10);
    }

    @Test
    void hasNoTimePerTokenForAnAnswerOfOneToken() {
        RequestRecord record = onlyRecord(Answer.tokens(new long[] {50}, new int[] {1}, 60));

        assertThat(record.completed()).isTrue();
        assertThat(record.tpot()).isEmpty();
        assertThat(record.ttst()).isEmpty();
    }

    @Test
    void seesAStallInsideAStream() {
        long[] times = IntStream.range(0, 20)
                .mapToLong(index -> 50 + 10 * index + (index >= 10 ? 500 : 0))
                .toArray();
        int[] ones = IntStream.range(0, 20).map(index -> 1).toArray();

        RequestRecord record = onlyRecord(Answer.tokens(times, ones, 800));

        assertThat(record.maxGapNanos()).isEqualTo(510 * MILLI);
        assertThat(record.stalls()).isEqualTo(1);
        assertThat(record.tpot().orElseThrow()).isCloseTo(690.0 / 19 * MILLI, within(1.0));
    }

    @Test
    void neverGuessesTheTokensOfAChunk() {
        RequestRecord onePerChunk = onlyRecord(Answer.silent(new long[] {50, 60, 70}, 3, 80));
        RequestRecord bundled = onlyRecord(Answer.silent(new long[] {50, 60, 70}, 9, 80));

        assertThat(onePerChunk.counting()).isEqualTo(TokenCounting.ONE_PER_CHUNK);
        assertThat(onePerChunk.tpot()).hasValue(10.0 * MILLI);
        assertThat(bundled.counting()).isEqualTo(TokenCounting.TOTAL_ONLY);
        assertThat(bundled.tpot()).isEmpty();
        assertThat(bundled.outputTokens()).isEqualTo(9);
    }

    /** vllm#54101: 500 ms of service at 10 requests/s through one lane; from sending, tools reported a p99 of 508 ms. */
    @Test
    void showsTheQueueOfAnOverloadedLane() {
        Plan plan = open(Arrivals.CONSTANT, 10, 0.8);
        Script script = index -> Answer.tokens(new long[] {500}, new int[] {1}, 500);

        RunLog log = run(plan, server(1, script));

        double[] user = log.records().stream()
                .mapToDouble(record -> record.e2eUser().orElseThrow() / 1e9)
                .sorted()
                .toArray();
        assertThat(user).hasSize(8);
        assertThat(Percentiles.nearestRank(user, 0.99)).isEqualTo(3.3);
    }

    @Test
    void countsTheWaitOfItsOwnLimitAgainstTheUserOnly() {
        Plan plan = open(Arrivals.CONSTANT, 10, 0.8);
        DriverOptions capped = new DriverOptions(0, 0, 1, 600 * SECOND, 60 * SECOND, "t-");

        RunLog log = run(plan, server(100, index -> Answer.tokens(new long[] {500}, new int[] {1}, 500)), capped);

        RequestRecord last = log.records().get(7);
        assertThat(last.e2e()).hasValue(500 * MILLI);
        assertThat(last.e2eUser()).hasValue(3300 * MILLI);
        assertThat(last.ttftUser()).hasValue(3300 * MILLI);
        assertThat(last.clientWait()).hasValue(2800 * MILLI);
        assertThat(check(log, true, "send_lag")).isEqualTo(Verdict.CAUTION);
        assertThat(check(log, false, "send_lag")).isEqualTo(Verdict.INVALID);
    }

    @Test
    void sendsAtTheConstantRateThatWasAskedFor() {
        RunLog log = run(
                open(Arrivals.CONSTANT, 20, 5), server(100, index -> Answer.tokens(new long[] {5}, new int[] {1}, 5)));

        assertThat(log.records())
                .extracting(RequestRecord::sentNanos)
                .containsExactlyElementsOf(LongStream.range(0, 100)
                        .map(index -> index * 50 * MILLI)
                        .boxed()
                        .toList());
    }

    /** A loop that was blocked sends what it missed, at the intended times it had. */
    @Test
    void neverMovesItsScheduleAfterAStall() {
        ScriptedServer server = server(100, index -> Answer.tokens(new long[] {5}, new int[] {1}, 5));
        Plan plan = open(Arrivals.CONSTANT, 10, 1);
        List<RunLog> logs = new ArrayList<>();
        EventLoop blocked = new EventLoop() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public Timer runAt(long at, Runnable task) {
                boolean inStall = at > 200 * MILLI && at < 700 * MILLI;
                return time.runAt(inStall ? 700 * MILLI : at, task);
            }
        };
        new LoadDriver(blocked, server, bodies(), plan, OPTIONS, monitor, logs::add).start(0);
        time.run();

        RunLog log = logs.get(0);
        assertThat(log.records()).hasSize(10);
        assertThat(log.records().get(3).clientWait()).hasValue(400 * MILLI);
        assertThat(log.records().get(6).clientWait()).hasValue(100 * MILLI);
        assertThat(log.records().get(9).clientWait()).hasValue(0);
        assertThat(check(log, false, "loop_stalls")).isEqualTo(Verdict.INVALID);
    }

    @Test
    void keepsAClosedLoopsLanesBusyAndItsRatesExact() {
        Plan plan = new Plan(new Plan.Closed(4, 40, OptionalLong.empty()), requests(1, 0), 0);

        RunLog log = run(plan, server(100, index -> Answer.tokens(new long[] {50, 100}, new int[] {1, 1}, 100)));

        assertThat(log.records()).hasSize(40);
        assertThat(log.endNanos()).isEqualTo(SECOND);
        assertThat(log.window().toNanos()).isEqualTo(900 * MILLI);
        assertThat(log.tokens().sum(0, 2 * SECOND)).isEqualTo(80);
        assertThat(check(log, false, "littles_law")).isIn(Verdict.VALID, Verdict.NOT_JUDGED);
    }

    @Test
    void agreesWithLittlesLaw() {
        RunLog log = run(
                open(Arrivals.POISSON, 20, 30),
                server(100, index -> Answer.tokens(new long[] {50, 200}, new int[] {1, 1}, 200)));

        assertThat(log.health().meanInFlight()).isCloseTo(4, within(0.4));
        assertThat(check(log, false, "littles_law")).isEqualTo(Verdict.VALID);
    }

    @Test
    void endsAClosedLoopWhenItsTimeIsOver() {
        Plan plan = new Plan(new Plan.Closed(2, Plan.UNLIMITED, OptionalLong.of(SECOND)), requests(1, 0), 0);

        RunLog log = run(plan, server(100, index -> Answer.tokens(new long[] {50}, new int[] {1}, 300)));

        assertThat(log.records()).hasSize(8);
        assertThat(log.records()).allMatch(RequestRecord::completed);
        assertThat(log.window()).isEqualTo(new RunLog.Window(0, SECOND));
    }

    @Test
    void leavesWarmUpRequestsOutOfTheGaps() {
        DriverOptions warm = new DriverOptions(3, 0, Integer.MAX_VALUE, 600 * SECOND, 60 * SECOND, "t-");

        RunLog log = run(
                open(Arrivals.CONSTANT, 10, 1),
                server(9, index -> Answer.tokens(new long[] {5, 9}, new int[] {1, 1}, 9)),
                warm);

        assertThat(log.records().stream().filter(RequestRecord::warmUp)).hasSize(3);
        assertThat(log.interChunk().getTotalCount()).isEqualTo(7);
        assertThat(log.window().fromNanos()).isEqualTo(300 * MILLI);
    }

    @Test
    void leavesAsPlannedOnceItHasTheTokens() {
        RequestSource source = index -> List.of(new PlannedRequest(
                index, 0, requests(1, 0).conversation(index).get(0).prompt(), 10, index == 1 ? 2 : 0));
        Plan plan = new Plan(new Plan.Closed(1, 2, OptionalLong.empty()), source, 0);

        RunLog log = run(plan, server(9, index -> Answer.tokens(new long[] {5, 9, 20}, new int[] {1, 1, 1}, 30)));

        assertThat(log.records())
                .extracting(RequestRecord::outcome)
                .containsExactly(Outcome.COMPLETED, Outcome.CANCELLED);
        assertThat(log.records().get(1).doneNanos()).isEqualTo(39 * MILLI);
    }

    @Test
    void tellsOutcomesApart() {
        List<Answer> answers = List.of(
                Answer.refused(429, 5),
                Answer.refused(500, 5),
                Answer.refused(504, 5),
                new Answer(200, new long[] {5}, List.of("{\"error\":{\"message\":\"out of pages\"}}"), 9),
                new Answer(200, new long[] {5}, List.of("{not json"), 9));
        Plan plan = new Plan(new Plan.Closed(1, 5, OptionalLong.empty()), requests(1, 0), 0);

        RunLog log = run(plan, server(1, answers::get));

        assertThat(log.records())
                .extracting(RequestRecord::outcome)
                .containsExactly(Outcome.REFUSED, Outcome.FAILED, Outcome.TIMED_OUT, Outcome.FAILED, Outcome.FAILED);
        assertThat(log.records())
                .extracting(RequestRecord::error)
                .containsExactly("http_429", "http_500", "http_504", "error_in_stream", "invalid_chunk");
    }

    @Test
    void timesOutAndCutsOff() {
        DriverOptions impatient = new DriverOptions(0, 0, Integer.MAX_VALUE, 2 * SECOND, 900 * MILLI, "t-");
        Script script = index -> Answer.tokens(new long[] {50}, new int[] {1}, 100_000);

        RunLog log = run(open(Arrivals.CONSTANT, 1, 2.5), server(9, script), impatient);

        assertThat(log.records())
                .extracting(RequestRecord::outcome)
                .containsExactly(Outcome.TIMED_OUT, Outcome.CUT_OFF, Outcome.CUT_OFF);
        assertThat(log.records().get(0).doneNanos()).isEqualTo(2 * SECOND);
        assertThat(log.endNanos()).isEqualTo(2900 * MILLI);
    }

    @Test
    void countsRequestsThatItNeverSentAsCutOff() {
        DriverOptions capped = new DriverOptions(0, 0, 1, 600 * SECOND, SECOND, "t-");

        RunLog log = run(
                open(Arrivals.CONSTANT, 10, 0.5),
                server(9, index -> Answer.tokens(new long[] {5}, new int[] {1}, 5000)),
                capped);

        assertThat(log.records()).hasSize(5).allMatch(record -> record.outcome() == Outcome.CUT_OFF);
        assertThat(log.records().stream().filter(record -> record.sentNanos() == RequestRecord.NEVER))
                .hasSize(4);
    }

    @Test
    void sendsAConversationsHistoryAfterThinking() {
        Plan plan = new Plan(new Plan.Closed(1, 1, OptionalLong.empty()), requests(3, 0), 200 * MILLI);
        ScriptedServer server = server(9, index -> Answer.tokens(new long[] {5, 9}, new int[] {1, 1}, 10));

        RunLog log = run(plan, server);

        assertThat(log.records())
                .extracting(RequestRecord::intendedNanos)
                .containsExactly(0L, 210 * MILLI, 420 * MILLI);
        assertThat(server.bodies.get(2).path("messages")).hasSize(5);
        assertThat(server.bodies.get(2).path("messages").path(1).path("content").asText())
                .isEqualTo(" w w");
        assertThat(server.bodies.get(2).path("messages").path(0))
                .isEqualTo(server.bodies.get(0).path("messages").path(0));
    }

    @Test
    void findsAServerThatDoesNotKeepUp() {
        Script slow = index -> Answer.tokens(new long[] {90, 110}, new int[] {1, 1}, 110);

        RunLog overloaded = run(open(Arrivals.CONSTANT, 10, 60), server(1, slow));

        assertThat(check(overloaded, false, "drift_e2e")).isEqualTo(Verdict.INVALID);
    }

    @Test
    void findsNoDriftWhereTheServerKeepsUp() {
        Script slow = index -> Answer.tokens(new long[] {90, 110 + index * 7 % 13}, new int[] {1, 1}, 125);

        RunLog log = run(open(Arrivals.POISSON, 5, 120), server(100, slow));

        assertThat(check(log, false, "drift_e2e")).isEqualTo(Verdict.VALID);
        assertThat(check(log, false, "drift_tpot")).isEqualTo(Verdict.VALID);
    }

    @Test
    void findsTokensThatDoNotAddUp() {
        Answer lies = new Answer(
                200,
                new long[] {5, 9},
                List.of(
                        Answer.tokens(new long[1], new int[] {1}, 0).events().get(0),
                        "{\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":7}}"),
                10);

        RunLog log = run(one(), server(1, index -> lies));

        assertThat(check(log, false, "token_counts")).isEqualTo(Verdict.INVALID);
    }

    @Test
    void findsPromptsThatAnEarlierRunLeftInTheCache() {
        String cached = "{\"choices\":[],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":2,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":190}}}";
        List<String> events =
                new ArrayList<>(Answer.tokens(new long[2], new int[] {1, 1}, 0).events());
        events.add(cached);
        Script script = index -> new Answer(200, new long[] {5, 9, 10}, events, 10);

        RunLog log = run(open(Arrivals.CONSTANT, 10, 2), server(1, script));

        assertThat(check(log, false, "prefix_cache")).isEqualTo(Verdict.INVALID);
    }

    @Test
    void findsAnswersThatAreTooShort() {
        RunLog log = run(
                open(Arrivals.CONSTANT, 10, 2), server(9, index -> Answer.tokens(new long[] {5}, new int[] {1}, 5)));

        assertThat(check(log, false, "output_length")).isEqualTo(Verdict.INVALID);
    }

    @Test
    void readsWholeAnswers() {
        RequestBodies whole = new RequestBodies("m", false, false, true, JsonNodeFactory.instance.objectNode());
        List<RunLog> logs = new ArrayList<>();
        Transport transport = (id, body, listener) -> {
            listener.sent(time.nanoTime());
            time.runAt(80 * MILLI, () -> {
                listener.head(200, time.nanoTime());
                listener.data(
                        ("{\"choices\":[{\"text\":\"a b\",\"finish_reason\":\"length\"}],"
                                        + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        time.nanoTime());
                listener.ended(time.nanoTime());
            });
            return () -> {};
        };
        new LoadDriver(time, transport, whole, one(), OPTIONS, monitor, logs::add).start(0);
        time.run();

        RequestRecord record = logs.get(0).records().get(0);
        assertThat(record.completed()).isTrue();
        assertThat(record.ttft()).isEmpty();
        assertThat(record.tpot()).isEmpty();
        assertThat(record.e2e()).hasValue(80 * MILLI);
        assertThat(record.outputTokens()).isEqualTo(2);
    }

    private RequestRecord onlyRecord(Answer answer) {
        return new LoadDriverTest().run(one(), answer);
    }

    private RunLog run(Plan plan, ScriptedServer server) {
        return run(plan, server, OPTIONS);
    }

    private RequestRecord run(Plan plan, Answer answer) {
        return run(plan, server(1, index -> answer)).records().get(0);
    }

    private RunLog run(Plan plan, ScriptedServer server, DriverOptions options) {
        List<RunLog> logs = new ArrayList<>();
        new LoadDriver(time, server, bodies(), plan, options, monitor, logs::add).start(0);
        time.run();
        assertThat(logs).hasSize(1);
        assertThat(monitor.read().inFlight()).isZero();
        return logs.get(0);
    }

    private ScriptedServer server(int lanes, Script script) {
        return new ScriptedServer(time, lanes, script);
    }

    private static RequestBodies bodies() {
        return new RequestBodies("m", true, true, true, JsonNodeFactory.instance.objectNode());
    }

    private static Plan one() {
        return new Plan(new Plan.Closed(1, 1, OptionalLong.empty()), requests(1, 0), 0);
    }

    private static Plan open(Arrivals arrivals, double rate, double seconds) {
        long[] times = arrivals.schedule(RateProfile.constant(rate, seconds), 1, 100_000);
        return new Plan(new Plan.Open(times, Math.round(seconds * 1e9), true), requests(1, 0), 0);
    }

    private static SyntheticRequests requests(int turns, double cancelShare) {
        return new SyntheticRequests(1, Lengths.fixed(20), Lengths.fixed(2), 0, 0, turns, cancelShare, List.of());
    }

    private static Verdict check(RunLog log, boolean limitedInFlight, String name) {
        return Validity.of(log, limitedInFlight).stream()
                .filter(check -> check.name().equals(name))
                .map(Check::verdict)
                .findFirst()
                .orElseThrow();
    }
}
