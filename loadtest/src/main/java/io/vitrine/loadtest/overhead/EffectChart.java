package io.vitrine.loadtest.overhead;

import java.util.List;
import java.util.Locale;

import io.vitrine.loadtest.overhead.Certificate.Effect;
import io.vitrine.loadtest.report.Html;

/** Effects with their 90 % intervals against the margin, a row an arm, as SVG. Colours are classes of the style sheet. */
final class EffectChart {

    private static final double WIDTH = 440;
    private static final double LEFT = 130;
    private static final double RIGHT = 24;
    private static final double TOP = 10;
    private static final double ROW = 22;
    private static final double BOTTOM = 34;

    /** Of the picture that stands alone: the reports' colours, by the reader's mode. */
    private static final String STYLE = """
            text { fill: #6a7280; font: 12px system-ui, sans-serif; }
            .title { fill: #1d2127; font-weight: 600; }
            .paper { fill: #fbfaf8; }
            .grid { stroke: #e2e0db; } .mark { stroke: #6a7280; stroke-dasharray: 4 3; }
            .margin { fill: #2f8a4c; opacity: 0.12; }
            .within { stroke: #2f8a4c; fill: #2f8a4c; } .inconclusive { stroke: #b07a00; fill: #b07a00; }
            .exceeds { stroke: #c02f2f; fill: #c02f2f; } .plain { stroke: #2563a8; fill: #2563a8; }
            @media (prefers-color-scheme: dark) {
              text { fill: #98a1ad; } .title { fill: #e6e8eb; } .paper { fill: #14171b; } .grid { stroke: #2b3138; }
              .within { stroke: #6fcf8f; fill: #6fcf8f; } .inconclusive { stroke: #e5b94e; fill: #e5b94e; }
              .exceeds { stroke: #ff7b72; fill: #ff7b72; } .plain { stroke: #6cb0f5; fill: #6cb0f5; }
            }
            """;

    private EffectChart() {}

    /** The figure of one outcome; empty if it was not measured. */
    static String figure(Certificate certificate, Outcome outcome) {
        List<Effect> effects = effects(certificate, outcome);
        if (effects.isEmpty()) {
            return "";
        }
        String title = title(certificate, outcome);
        StringBuilder svg = new StringBuilder("<figure><figcaption>")
                .append(Html.escaped(title))
                .append("</figcaption>\n<svg viewBox=\"0 0 ")
                .append(number(WIDTH))
                .append(' ')
                .append(number(height(effects)))
                .append("\" role=\"img\" aria-label=\"")
                .append(Html.escaped(title))
                .append("\">\n");
        draw(svg, effects, certificate.setup().margin());
        return svg.append("</svg>\n</figure>\n").toString();
    }

    /** The judged outcomes below each other, as a picture for a page. */
    static String standalone(Certificate certificate) {
        StringBuilder body = new StringBuilder();
        double y = 8;
        for (Outcome outcome : Outcome.values()) {
            List<Effect> effects = effects(certificate, outcome);
            if (outcome.judged() && !effects.isEmpty()) {
                body.append("<text class=\"title\" x=\"8\" y=\"")
                        .append(number(y + 14))
                        .append("\">")
                        .append(Html.escaped(title(certificate, outcome)))
                        .append("</text>\n<g transform=\"translate(0 ")
                        .append(number(y + 22))
                        .append(")\">\n");
                draw(body, effects, certificate.setup().margin());
                body.append("</g>\n");
                y += 30 + height(effects);
            }
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(WIDTH) + " " + number(y)
                + "\" role=\"img\" aria-label=\"Cost of telemetry by arm\">\n<style>\n" + STYLE
                + "</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n" + body + "</svg>\n";
    }

    private static List<Effect> effects(Certificate certificate, Outcome outcome) {
        return certificate.effects().stream()
                .filter(effect -> effect.outcome().equals(outcome.label()) && Double.isFinite(effect.low()))
                .toList();
    }

    private static String title(Certificate certificate, Outcome outcome) {
        return "Cost in " + Words.outcome(certificate, outcome) + ", " + Words.load(outcome);
    }

    private static double height(List<Effect> effects) {
        return TOP + ROW * effects.size() + BOTTOM;
    }

    private static void draw(StringBuilder svg, List<Effect> effects, double margin) {
        double most = effects.stream()
                .mapToDouble(effect -> Math.max(Math.abs(effect.low()), Math.abs(effect.high())))
                .reduce(1.5 * margin, Math::max);
        double step = tick(most);
        double reach = Math.ceil(most / step) * step;
        double bottom = TOP + ROW * effects.size();
        svg.append("<rect class=\"margin\" x=\"")
                .append(number(x(-margin, reach)))
                .append("\" y=\"")
                .append(number(TOP))
                .append("\" width=\"")
                .append(number(x(margin, reach) - x(-margin, reach)))
                .append("\" height=\"")
                .append(number(bottom - TOP))
                .append("\"/>\n");
        for (double at = -reach; at < reach + step / 2; at += step) {
            segment(svg, Math.abs(at) < step / 2 ? "mark" : "grid", x(at, reach), TOP, x(at, reach), bottom);
            text(svg, "middle", x(at, reach), bottom + 15, label(at, step));
        }
        text(svg, "end", WIDTH - RIGHT, bottom + 30, "change, a cost is positive; band: the margin");
        for (int row = 0; row < effects.size(); row++) {
            row(svg, effects.get(row), TOP + ROW * (row + 0.5), reach);
        }
    }

    private static void row(StringBuilder svg, Effect effect, double y, double reach) {
        Verdict verdict = effect.verdict();
        String style = verdict == null ? "plain" : verdict.word();
        text(svg, "end", LEFT - 8, y + 4, effect.arm().replace('_', ' '));
        svg.append("<g class=\"")
                .append(style)
                .append("\"><title>")
                .append(Html.escaped(effect.arm() + " " + Words.change(effect.change()) + " "
                        + Words.interval(effect.low(), effect.high())))
                .append("</title>");
        svg.append("<line stroke-width=\"2\" x1=\"")
                .append(number(x(effect.low(), reach)))
                .append("\" y1=\"")
                .append(number(y))
                .append("\" x2=\"")
                .append(number(x(effect.high(), reach)))
                .append("\" y2=\"")
                .append(number(y))
                .append("\"/><circle r=\"4\" cx=\"")
                .append(number(x(effect.change(), reach)))
                .append("\" cy=\"")
                .append(number(y))
                .append("\"/></g>\n");
    }

    private static double x(double share, double reach) {
        return LEFT + (share + reach) / (2 * reach) * (WIDTH - LEFT - RIGHT);
    }

    /** 1, 2 or 5 times a power of ten, so that there are at most three on each side. */
    private static double tick(double most) {
        double least = most / 3;
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(least)));
        double scaled = least / power;
        return power * (scaled <= 1 ? 1 : scaled <= 2 ? 2 : scaled <= 5 ? 5 : 10);
    }

    private static String label(double share, double step) {
        int digits = (int) Math.max(0, -Math.floor(StrictMath.log10(100 * step) + 1e-9));
        return String.format(Locale.ROOT, "%." + digits + "f %%", Math.abs(share) < step / 2 ? 0 : 100 * share);
    }

    private static void segment(StringBuilder svg, String style, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n",
                style,
                number(x1),
                number(y1),
                number(x2),
                number(y2)));
    }

    private static void text(StringBuilder svg, String anchor, double x, double y, String text) {
        svg.append("<text text-anchor=\"")
                .append(anchor)
                .append("\" x=\"")
                .append(number(x))
                .append("\" y=\"")
                .append(number(y))
                .append("\">")
                .append(Html.escaped(text))
                .append("</text>\n");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
    }
}
