package io.vitrine.loadtest.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** A chart as SVG. Colours are classes of the page's style sheet, so that it follows the reader's light or dark mode. */
final class Chart {

    private static final double WIDTH = 440;
    private static final double HEIGHT = 250;
    private static final double LEFT = 50;
    private static final double RIGHT = 20;
    private static final double TOP = 12;
    private static final double BOTTOM = 40;
    private static final int TICKS = 5;

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final boolean logX;
    private final boolean logY;
    private final List<Line> lines = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();

    /** @param dots whether points stand alone instead of being joined */
    private record Line(String name, double[] x, double[] y, boolean dots) {}

    /** A straight line at one value of an axis. */
    private record Mark(String name, double at, boolean vertical) {}

    Chart(String title, String xLabel, String yLabel, boolean logX, boolean logY) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.logX = logX;
        this.logY = logY;
    }

    Chart line(String name, double[] x, double[] y) {
        return add(new Line(name, x, y, false));
    }

    Chart dots(String name, double[] x, double[] y) {
        return add(new Line(name, x, y, true));
    }

    Chart mark(String name, double at, boolean vertical) {
        marks.add(new Mark(name, at, vertical));
        return this;
    }

    private Chart add(Line line) {
        if (line.x().length > 0) {
            lines.add(line);
        }
        return this;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** The figure with its legend. */
    String svg() {
        Axis x = Axis.of(lines.stream().map(Line::x).toList(), marksOf(true), logX);
        Axis y = Axis.of(lines.stream().map(Line::y).toList(), marksOf(false), logY);
        DoubleUnaryOperator toX = value -> LEFT + x.share(value) * (WIDTH - LEFT - RIGHT);
        DoubleUnaryOperator toY = value -> HEIGHT - BOTTOM - y.share(value) * (HEIGHT - TOP - BOTTOM);
        StringBuilder svg = new StringBuilder();
        svg.append("<figure><figcaption>")
                .append(Html.escaped(title))
                .append("</figcaption>\n<svg viewBox=\"0 0 ")
                .append(number(WIDTH))
                .append(' ')
                .append(number(HEIGHT))
                .append("\" role=\"img\" aria-label=\"")
                .append(Html.escaped(title))
                .append("\">\n");
        grid(svg, x, y, toX, toY);
        for (int index = 0; index < marks.size(); index++) {
            drawMark(svg, marks.get(index), index, toX, toY);
        }
        for (int index = 0; index < lines.size(); index++) {
            draw(svg, lines.get(index), "s" + index, toX, toY);
        }
        return svg.append("</svg>\n").append(legend()).append("</figure>\n").toString();
    }

    private double[] marksOf(boolean vertical) {
        return marks.stream()
                .filter(mark -> mark.vertical() == vertical)
                .mapToDouble(Mark::at)
                .toArray();
    }

    private void grid(StringBuilder svg, Axis x, Axis y, DoubleUnaryOperator toX, DoubleUnaryOperator toY) {
        for (double tick : x.ticks()) {
            double at = toX.applyAsDouble(tick);
            segment(svg, "grid", at, TOP, at, HEIGHT - BOTTOM);
            text(svg, "middle", at, HEIGHT - BOTTOM + 15, tickText(tick));
        }
        for (double tick : y.ticks()) {
            double at = toY.applyAsDouble(tick);
            segment(svg, "grid", LEFT, at, WIDTH - RIGHT, at);
            text(svg, "end", LEFT - 5, at + 4, tickText(tick));
        }
        text(svg, "end", WIDTH - RIGHT, HEIGHT - 6, xLabel);
        text(svg, "start", 2, HEIGHT - 6, "↑ " + yLabel);
    }

    /** @param row of its name, so that the names of close marks do not cover each other */
    private static void drawMark(
            StringBuilder svg, Mark mark, int row, DoubleUnaryOperator toX, DoubleUnaryOperator toY) {
        if (mark.vertical()) {
            double at = toX.applyAsDouble(mark.at());
            segment(svg, "mark", at, TOP, at, HEIGHT - BOTTOM);
            text(
                    svg,
                    at > WIDTH / 2 ? "end" : "start",
                    at + (at > WIDTH / 2 ? -3 : 3),
                    TOP + 10 + 14 * row,
                    mark.name());
        } else {
            double at = toY.applyAsDouble(mark.at());
            segment(svg, "mark", LEFT, at, WIDTH - RIGHT, at);
            text(svg, "start", LEFT + 3, at - 3, mark.name());
        }
    }

    private static void draw(
            StringBuilder svg, Line line, String style, DoubleUnaryOperator toX, DoubleUnaryOperator toY) {
        if (line.dots()) {
            svg.append("<g class=\"dots ").append(style).append("\">");
            for (int index = 0; index < line.x().length; index++) {
                svg.append("<circle r=\"1.6\" cx=\"")
                        .append(number(toX.applyAsDouble(line.x()[index])))
                        .append("\" cy=\"")
                        .append(number(toY.applyAsDouble(line.y()[index])))
                        .append("\"/>");
            }
            svg.append("</g>\n");
        } else {
            svg.append("<polyline class=\"line ").append(style).append("\" points=\"");
            for (int index = 0; index < line.x().length; index++) {
                svg.append(number(toX.applyAsDouble(line.x()[index])))
                        .append(',')
                        .append(number(toY.applyAsDouble(line.y()[index])))
                        .append(' ');
            }
            svg.append("\"/>\n");
        }
    }

    private String legend() {
        if (lines.size() < 2) {
            return "";
        }
        StringBuilder legend = new StringBuilder("<p class=\"legend\">");
        for (int index = 0; index < lines.size(); index++) {
            legend.append("<span class=\"s")
                    .append(index)
                    .append("\">■</span> ")
                    .append(Html.escaped(lines.get(index).name()))
                    .append(' ');
        }
        return legend.append("</p>\n").toString();
    }

    private static void segment(StringBuilder svg, String style, double x1, double y1, double x2, double y2) {
        svg.append("<line class=\"")
                .append(style)
                .append("\" x1=\"")
                .append(number(x1))
                .append("\" y1=\"")
                .append(number(y1))
                .append("\" x2=\"")
                .append(number(x2))
                .append("\" y2=\"")
                .append(number(y2))
                .append("\"/>\n");
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

    /** Ticks are round numbers: no digits that say nothing. */
    private static String tickText(double tick) {
        return tick >= 1000 && tick % 1000 == 0
                ? String.format(Locale.ROOT, "%.0fk", tick / 1000)
                : BigDecimal.valueOf(tick)
                        .round(new MathContext(6))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** From the lowest to the highest value, rounded outwards; of a linear axis from 0. */
    private record Axis(double low, double high, boolean log) {

        static Axis of(List<double[]> values, double[] marks, boolean log) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            List<double[]> all = new ArrayList<>(values);
            all.add(marks);
            for (double[] some : all) {
                for (double value : some) {
                    if (!log || value > 0) {
                        low = Math.min(low, value);
                        high = Math.max(high, value);
                    }
                }
            }
            if (!(low <= high)) {
                return new Axis(log ? 1 : 0, 10, log);
            }
            return log ? new Axis(rounded(low, false), rounded(high, true), true) : new Axis(0, ceiling(high), false);
        }

        /** To 1, 2 or 5 of a decade. */
        private static double rounded(double value, boolean up) {
            double decade = Math.pow(10, Math.floor(Math.log10(value)));
            double digit = value / decade;
            if (up) {
                return decade * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
            }
            return decade * (digit < 2 ? 1 : digit < 5 ? 2 : 5);
        }

        private static double ceiling(double high) {
            return high <= 0 ? 1 : step(high) * Math.ceil(high / step(high) - 1e-9);
        }

        private static double step(double high) {
            return rounded(high / TICKS, true);
        }

        double share(double value) {
            if (!log) {
                return (value - low) / (high - low);
            }
            double inside = Math.max(low, value);
            return high == low ? 0.5 : Math.log(inside / low) / Math.log(high / low);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            if (!log) {
                for (double tick = low; tick <= high * (1 + 1e-9); tick += step(high)) {
                    ticks.add(tick);
                }
                return ticks;
            }
            boolean few = high / low <= 200;
            for (double decade = Math.pow(10, Math.floor(Math.log10(low))); decade <= high; decade *= 10) {
                for (double digit : few ? new double[] {1, 2, 5} : new double[] {1}) {
                    double tick = digit * decade;
                    if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) {
                        ticks.add(tick);
                    }
                }
            }
            return ticks;
        }
    }
}
