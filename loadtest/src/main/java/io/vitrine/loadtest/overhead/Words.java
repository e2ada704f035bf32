package io.vitrine.loadtest.overhead;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.vitrine.loadtest.overhead.Certificate.Effect;
import io.vitrine.loadtest.overhead.Certificate.Health;
import io.vitrine.loadtest.report.Numbers;

/** What the reports say in the same words. */
final class Words {

    private static final double BUSY_CLIENT = 0.5;
    private static final double DRIFTING = 0.5;

    private Words() {}

    static String change(double share) {
        if (!Double.isFinite(share) || share <= -1) {
            return Numbers.NONE;
        }
        double percent = 100 * share;
        return String.format(Locale.ROOT, Math.abs(percent) >= 100 ? "%+.0f %%" : "%+.2f %%", percent);
    }

    static String interval(double low, double high) {
        return "[" + change(low) + " .. " + change(high) + "]";
    }

    static String percent(double share) {
        return BigDecimal.valueOf(100 * share)
                        .round(new MathContext(3))
                        .stripTrailingZeros()
                        .toPlainString()
                + " %";
    }

    /** Of 90 % by default: two one-sided tests at 5 %. */
    static String headline(Certificate certificate) {
        Optional<Effect> throughput = certificate.effect(Arm.ALL.name(), Outcome.TOKENS_PER_SECOND);
        return throughput
                .map(effect -> "All telemetry, every trace kept: throughput costs "
                        + change(effect.change()) + " " + interval(effect.low(), effect.high()) + ", "
                        + verdict(effect, certificate.setup().margin()))
                .orElse("No block with all telemetry was measured.");
    }

    static String verdict(Effect effect, double margin) {
        Verdict verdict = effect.verdict();
        if (verdict == null) {
            return "";
        }
        return switch (verdict) {
            case WITHIN -> "within " + percent(margin);
            case EXCEEDS -> "exceeds " + percent(margin);
            case INCONCLUSIVE -> "inconclusive at " + percent(margin);
        };
    }

    /** Reservations, each a sentence. */
    static List<String> reservations(Certificate certificate) {
        Setup setup = certificate.setup();
        Health health = certificate.health();
        List<Optional<String>> said = Arrays.asList(
                when(setup.quick(), "This is the quick run: few blocks, wide intervals. The full run decides."),
                when(
                        health.fewLaunches(),
                        "With fewer than " + Bootstrap.LEAST_LAUNCHES
                                + " launches the intervals hold for these launches of the server only."),
                when(
                        setup.parts().size() < Arm.PARTS.size(),
                        "The server has only these parts: " + String.join(", ", setup.parts()) + "."),
                noiseFloor(certificate),
                when(
                        health.clientBusy() > BUSY_CLIENT,
                        String.format(
                                Locale.ROOT,
                                "The client's event loop was busy for %.0f %% of a block's time.",
                                100 * health.clientBusy())),
                when(
                        health.failedRequests() > 0,
                        health.failedRequests() + " of "
                                + (health.failedRequests() + health.completedRequests())
                                + " requests were not completed."),
                when(
                        health.drift() != null && Math.abs(health.drift()) > DRIFTING,
                        String.format(
                                Locale.ROOT,
                                "The baseline drifts with time: rank correlation %.2f of tokens/s.",
                                health.drift() == null ? 0 : health.drift())),
                Optional.of("Client, sink and server shared this machine."));
        return said.stream().flatMap(Optional::stream).toList();
    }

    /** The baseline against itself must pass the test that the arms have to. */
    private static Optional<String> noiseFloor(Certificate certificate) {
        List<String> failing = certificate.effects().stream()
                .filter(effect -> effect.arm().equals(Arm.NONE_AGAIN.name()) && effect.verdict() == Verdict.EXCEEDS)
                .map(Effect::outcome)
                .toList();
        return when(
                !failing.isEmpty(),
                "The baseline differs from itself by more than the margin: " + String.join(", ", failing)
                        + ". Verdicts of these outcomes mean nothing.");
    }

    private static Optional<String> when(boolean holds, String sentence) {
        return holds ? Optional.of(sentence) : Optional.empty();
    }

    static String outcome(Certificate certificate, Outcome outcome) {
        return outcome.pooled() && certificate.tailPercentile().isPresent()
                ? "time to first token, p"
                        + Math.round(100 * certificate.tailPercentile().getAsDouble())
                : outcome.meaning();
    }

    static String load(Outcome outcome) {
        return outcome.load() == Outcome.Load.CLOSED ? "at saturation" : "at 65 % load";
    }

    /** In the outcome's unit, with its unit. */
    static String value(Outcome outcome, double value) {
        return switch (outcome) {
            case TOKENS_PER_SECOND -> Numbers.of(value) + " /s";
            case TPOT_P50, OPEN_TPOT_P50, TTFT_TAIL -> Numbers.of(value) + " ms";
            case CPU_PER_TOKEN -> Numbers.of(value / 1e3) + " us";
            case BYTES_PER_TOKEN -> Numbers.of(value) + " B";
            case GC_SHARE -> Numbers.of(100 * StrictMath.log(value)) + " %";
        };
    }
}
