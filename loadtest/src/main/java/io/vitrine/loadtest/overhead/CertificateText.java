package io.vitrine.loadtest.overhead;

import java.util.List;
import java.util.Locale;

import io.vitrine.loadtest.overhead.Certificate.Effect;
import io.vitrine.loadtest.overhead.Certificate.Factor;
import io.vitrine.loadtest.overhead.Certificate.Reconciliation;
import io.vitrine.loadtest.report.Numbers;

/** A certificate as text, at most 120 columns. */
final class CertificateText {

    private final Certificate certificate;
    private final StringBuilder out = new StringBuilder();

    private CertificateText(Certificate certificate) {
        this.certificate = certificate;
    }

    static String write(Certificate certificate) {
        CertificateText text = new CertificateText(certificate);
        text.head();
        for (Outcome outcome : Outcome.values()) {
            text.outcome(outcome);
        }
        text.factors();
        text.reconciliations();
        return text.out.toString();
    }

    private void head() {
        Setup setup = certificate.setup();
        line("%s", Words.headline(certificate));
        Words.reservations(certificate).forEach(sentence -> line("  %s", sentence));
        line(
                "%s, %s, seed %d: %d launches of %d rows of %d arms, blocks of %.1f s",
                setup.model(),
                setup.started(),
                setup.seed(),
                setup.launches(),
                setup.rows(),
                setup.arms().size(),
                setup.blockSeconds());
        line(
                "closed loop of %d, %d requests a block; open loop at %s requests/s of %s; %d tokens in, %d out",
                setup.concurrency(),
                setup.requests(),
                Numbers.of(setup.rate()),
                Numbers.of(setup.capacity()),
                setup.inputTokens(),
                setup.outputTokens());
        line("A cost is positive. 90 %% intervals; detectable: the smallest effect found with 90 %% probability");
    }

    private void outcome(Outcome outcome) {
        List<Effect> effects = certificate.effects().stream()
                .filter(effect -> effect.outcome().equals(outcome.label()))
                .toList();
        if (effects.isEmpty()) {
            return;
        }
        line("");
        line(
                "%s, %s: %s without telemetry",
                Words.outcome(certificate, outcome),
                Words.load(outcome),
                Words.value(outcome, effects.get(0).baseline()));
        for (Effect effect : effects) {
            line(
                    "  %-22s %10s  %-26s detectable %-9s p %-5.3f %s",
                    effect.arm(),
                    Words.change(effect.change()),
                    Words.interval(effect.low(), effect.high()),
                    Words.change(effect.detectable()),
                    effect.holm(),
                    Words.verdict(effect, certificate.setup().margin()));
        }
    }

    private void factors() {
        if (certificate.factors().isEmpty()) {
            return;
        }
        line("");
        line("Factorial: main effects and interactions of logs, metrics and traces");
        for (Factor factor : certificate.factors()) {
            line(
                    "  %-18s %-24s %10s  %s",
                    factor.outcome(),
                    factor.term(),
                    Words.change(factor.change()),
                    Words.interval(factor.low(), factor.high()));
        }
    }

    private void reconciliations() {
        if (certificate.reconciliations().isEmpty()) {
            return;
        }
        line("");
        line("Per token: %s, times operations", certificate.setup().costs().source());
        for (Reconciliation one : certificate.reconciliations()) {
            Outcome outcome = Outcome.valueOf(one.outcome().toUpperCase(Locale.ROOT));
            line(
                    "  %-22s predicted %-10s measured %-10s [%s .. %s] %s",
                    one.arm(),
                    Words.value(outcome, one.predicted()),
                    Words.value(outcome, one.measured()),
                    Words.value(outcome, one.low()),
                    Words.value(outcome, one.high()),
                    one.agrees() ? "agrees" : "differs: what it leaves out, or what it does not see");
        }
    }

    private void line(String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
