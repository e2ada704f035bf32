package io.vitrine.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.vitrine.loadtest.measure.Check.Verdict;
import io.vitrine.loadtest.measure.ClientHealth;
import io.vitrine.loadtest.measure.Objectives;
import io.vitrine.loadtest.measure.Outcome;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.measure.TimeBins;
import io.vitrine.loadtest.measure.TokenClock;
import io.vitrine.loadtest.report.Report.Stage;

/** Reports for tests. */
public final class Reports {

    private static final long MILLI = 1_000_000;

    private Reports() {}

    /** A stage of requests a tenth of a second apart, whose latencies are random around {@code ttftMillis} and {@code tpotMillis}. */
    public static Stage stage(
            String name, int requests, double ttftMillis, double tpotMillis, Objectives objectives, long seed) {
        Random random = new Random(seed);
        List<RequestRecord> records = new ArrayList<>();
        TimeBins tokens = new TimeBins(0);
        var interChunk = RunLog.gaps();
        var interToken = RunLog.gaps();
        long end = requests * 100L * MILLI;
        for (int index = 0; index < requests; index++) {
            long start = index * 100L * MILLI;
            TokenClock clock = new TokenClock();
            double at = start / 1e6 + ttftMillis * (0.5 + random.nextDouble());
            for (int token = 1; token <= 5; token++) {
                clock.chunk(Math.round(at * MILLI), true, false, token);
                at += tpotMillis * (0.5 + random.nextDouble());
            }
            clock.usage(20, 0, 5);
            clock.addGapsTo(interChunk, interToken);
            clock.addTokensTo(tokens);
            boolean failed = index % 50 == 49;
            records.add(clock.record(new TokenClock.RequestFrame(
                    "r" + index,
                    index,
                    0,
                    false,
                    failed ? Outcome.FAILED : Outcome.COMPLETED,
                    200,
                    failed ? "stream_broken" : null,
                    start,
                    start + MILLI,
                    Math.round(at * MILLI),
                    true,
                    20,
                    0,
                    5)));
            end = Math.max(end, Math.round(at * MILLI));
        }
        RunLog log = new RunLog(
                records,
                0,
                end,
                new RunLog.Window(0, requests * 100L * MILLI),
                tokens,
                interChunk,
                interToken,
                new ClientHealth(RunLog.gaps(), 0.1, 0, 0),
                true,
                true);
        return StageBuilder.build(name, 10.0, null, log, objectives, false);
    }

    public static Report report(Verdict verdict, Stage... stages) {
        return new Report(
                Report.FORMAT,
                new Report.Run(
                        "2026-11-30T12:00:00Z",
                        "http://localhost:8080",
                        "m<1>",
                        "/v1/chat/completions",
                        true,
                        "10.0 requests/s, poisson",
                        7,
                        null,
                        Map.of("ttft_user", 120.0),
                        "amd64"),
                verdict,
                List.of(stages),
                null,
                null);
    }
}
