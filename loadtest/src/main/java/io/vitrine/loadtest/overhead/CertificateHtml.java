package io.vitrine.loadtest.overhead;

import java.util.List;
import java.util.Locale;

import io.vitrine.loadtest.overhead.Certificate.Effect;
import io.vitrine.loadtest.overhead.Certificate.Factor;
import io.vitrine.loadtest.overhead.Certificate.Reconciliation;
import io.vitrine.loadtest.report.Html;
import io.vitrine.loadtest.report.HtmlReport;
import io.vitrine.loadtest.report.Numbers;

/** A certificate as one HTML file that requests nothing, in the look of the load reports. */
final class CertificateHtml {

    private static final String STYLE = """
            .margin { fill: var(--valid); opacity: 0.12; }
            g.within { stroke: var(--valid); fill: var(--valid); }
            g.inconclusive { stroke: var(--caution); fill: var(--caution); }
            g.exceeds { stroke: var(--invalid); fill: var(--invalid); }
            g.plain { stroke: var(--s0); fill: var(--s0); }
            """;

    private final Certificate certificate;
    private final StringBuilder page = new StringBuilder();

    private CertificateHtml(Certificate certificate) {
        this.certificate = certificate;
    }

    static String write(Certificate certificate) {
        CertificateHtml html = new CertificateHtml(certificate);
        html.head();
        html.charts();
        for (Outcome outcome : Outcome.values()) {
            html.table(outcome);
        }
        html.factors();
        html.reconciliations();
        html.setup();
        return html.page.append("</main></body></html>\n").toString();
    }

    private void head() {
        Setup setup = certificate.setup();
        page.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<meta name=\"color-scheme\" content=\"light dark\"><title>Overhead: ")
                .append(Html.escaped(setup.model()))
                .append("</title>\n<style>\n")
                .append(HtmlReport.styleSheet())
                .append(STYLE)
                .append("</style></head><body><main>\n<h1>What telemetry costs ")
                .append(Html.escaped(setup.model()))
                .append("</h1>\n<p>")
                .append(Html.escaped(setup.started()))
                .append(" · seed ")
                .append(setup.seed())
                .append(setup.quick() ? " · quick run" : "")
                .append("</p>\n<p class=\"verdict ")
                .append(verdictStyle())
                .append("\">")
                .append(Html.escaped(Words.headline(certificate)))
                .append("</p>\n");
        Words.reservations(certificate).forEach(sentence -> page.append("<p class=\"note\">")
                .append(Html.escaped(sentence))
                .append("</p>\n"));
    }

    private String verdictStyle() {
        return certificate
                .effect(Arm.ALL.name(), Outcome.TOKENS_PER_SECOND)
                .map(effect -> effect.verdict() == Verdict.WITHIN
                        ? "valid"
                        : effect.verdict() == Verdict.EXCEEDS ? "invalid" : "caution")
                .orElse("caution");
    }

    private void charts() {
        page.append("<div class=\"charts\">\n");
        for (Outcome outcome : Outcome.values()) {
            page.append(EffectChart.figure(certificate, outcome));
        }
        page.append("</div>\n");
    }

    private void table(Outcome outcome) {
        List<Effect> effects = certificate.effects().stream()
                .filter(effect -> effect.outcome().equals(outcome.label()))
                .toList();
        if (effects.isEmpty()) {
            return;
        }
        page.append("<h2>")
                .append(Html.escaped(Words.outcome(certificate, outcome) + ", " + Words.load(outcome)))
                .append("</h2>\n<p class=\"note\">")
                .append(Html.escaped(Words.value(outcome, effects.get(0).baseline()) + " without telemetry"))
                .append("</p>\n<div class=\"scroll\"><table>\n")
                .append(Html.row("th", "arm", "value", "change", "90 % interval", "detectable", "p (Holm)", "verdict"));
        for (Effect effect : effects) {
            page.append(Html.row(
                    "td",
                    effect.arm(),
                    Words.value(outcome, effect.value()),
                    Words.change(effect.change()),
                    Words.interval(effect.low(), effect.high()),
                    Words.change(effect.detectable()),
                    String.format(Locale.ROOT, "%.3f", effect.holm()),
                    Words.verdict(effect, certificate.setup().margin())));
        }
        page.append("</table></div>\n");
    }

    private void factors() {
        if (certificate.factors().isEmpty()) {
            return;
        }
        page.append("<details><summary>Factorial: main effects and interactions</summary>\n")
                .append("<div class=\"scroll\"><table>\n")
                .append(Html.row("th", "outcome", "term", "change", "90 % interval"));
        for (Factor factor : certificate.factors()) {
            page.append(Html.row(
                    "td",
                    factor.outcome(),
                    factor.term(),
                    Words.change(factor.change()),
                    Words.interval(factor.low(), factor.high())));
        }
        page.append("</table></div></details>\n");
    }

    private void reconciliations() {
        if (certificate.reconciliations().isEmpty()) {
            return;
        }
        page.append("<h2>Microbenchmarks times operations</h2>\n<p class=\"note\">Per token; ")
                .append(Html.escaped(certificate.setup().costs().source()))
                .append("</p>\n<div class=\"scroll\"><table>\n")
                .append(Html.row("th", "arm", "predicted", "measured", "90 % interval", ""));
        for (Reconciliation one : certificate.reconciliations()) {
            Outcome outcome = Outcome.valueOf(one.outcome().toUpperCase(Locale.ROOT));
            page.append(Html.row(
                    "td",
                    one.arm(),
                    Words.value(outcome, one.predicted()),
                    Words.value(outcome, one.measured()),
                    Words.value(outcome, one.low()) + " .. " + Words.value(outcome, one.high()),
                    one.agrees() ? "agrees" : "differs"));
        }
        page.append("</table></div>\n");
    }

    private void setup() {
        Setup setup = certificate.setup();
        page.append("<details><summary>Experiment</summary><div class=\"scroll\"><table>\n");
        row("server", setup.server());
        row(
                "launches, rows, arms",
                setup.launches() + ", " + setup.rows() + ", " + setup.arms().size());
        row("blocks", certificate.health().blocks() + " of " + setup.blockSeconds() + " s");
        row("closed loop", setup.concurrency() + " at once, " + setup.requests() + " requests a block");
        row("open loop", Numbers.of(setup.rate()) + " requests/s of a capacity of " + Numbers.of(setup.capacity()));
        row("tokens", setup.inputTokens() + " in, " + setup.outputTokens() + " out");
        row("margin, resamples", Words.percent(setup.margin()) + ", " + setup.resamples());
        setup.machine().forEach(this::row);
        page.append("</table></div></details>\n");
    }

    private void row(String name, String value) {
        page.append(Html.row("td", name, value));
    }
}
