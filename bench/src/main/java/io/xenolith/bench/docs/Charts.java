package io.xenolith.bench.docs;

import io.xenolith.bench.result.Comparison;
import io.xenolith.bench.result.GuardResults;
import io.xenolith.bench.result.PeerResults;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.HorizontalBarChart;
import org.knowm.xchart.HorizontalBarChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler;

/// Charts as SVG. Their letters are outlines, so that they look the same where the font is missing.
final class Charts {

    private static final String FONT = "DejaVu Sans";
    private static final List<String> STEPS = List.of("first", "again", "second", "daily", "restore", "verify");
    private static final Color[] COLORS =
            {new Color(0x1F6FB4), new Color(0xE08A2E), new Color(0x5A9E4B), new Color(0xA0A0A0), new Color(0x707070)};

    /// Above this a ratio is drawn as this, so that the others can be told apart.
    private static final double LONGEST_RATIO = 3;

    private static final int GUARD_PIXELS = 34;

    private Charts() {
    }

    /// Seconds of each step: the programs, and the machine's limits as one more column.
    static String peers(PeerResults results) throws IOException {
        CategoryChart chart = new CategoryChartBuilder().width(1000).height(460).yAxisTitle("seconds").build();
        style(chart);
        var steps = STEPS.stream().filter(step -> results.row(step, PeerResults.OURS).isPresent()).toList();
        var titles = steps.stream().map(Charts::title).toList();
        for (var peer : results.peers()) {
            chart.addSeries(peer, titles, steps.stream()
                    .map(step -> results.row(step, peer).map(PeerResults.Row::seconds).orElse(0.0)).toList());
        }
        chart.addSeries("the machine's limit", titles, steps.stream().map(step -> results.limits(step).stream()
                .filter(row -> !row.name().equals("bare")).findFirst().map(PeerResults.Row::seconds).orElse(0.0)).toList());
        chart.addSeries("bare Java", titles, steps.stream()
                .map(step -> results.row(step, "bare").map(PeerResults.Row::seconds).orElse(0.0)).toList());
        chart.getStyler().setAvailableSpaceFill(0.85).setOverlapped(false);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        return svg(chart);
    }

    private static String title(String step) {
        return switch (step) {
            case "first" -> "first full";
            case "second" -> "second machine";
            case "daily" -> "a day later";
            default -> step;
        };
    }

    /// The ratio of each guard beside its floor, the first one on top.
    static String guards(GuardResults results) throws IOException {
        var guards = results.comparisons();
        HorizontalBarChart chart = new HorizontalBarChartBuilder().width(1000).height(90 + GUARD_PIXELS * guards.size())
                .xAxisTitle("ours ÷ reference (longer ones end at %.0f)".formatted(LONGEST_RATIO)).build();
        style(chart);
        var names = guards.stream().map(Comparison::name).toList();
        chart.addSeries("floor", bars(guards.stream().map(Comparison::floor).toList()), names);
        chart.addSeries("measured", bars(guards.stream().map(Comparison::ratio).toList()), names);
        chart.getStyler().setSeriesColors(new Color[] {COLORS[3], COLORS[0]});
        chart.getStyler().setAvailableSpaceFill(0.8);
        chart.getStyler().setXAxisMin(0.0).setXAxisTickMarkSpacingHint(GUARD_PIXELS - 6); // of both axes: else names are left out
        chart.getStyler().setPlotGridHorizontalLinesVisible(false);
        return svg(chart);
    }

    private static List<Double> bars(List<Double> ratios) {
        var drawn = new ArrayList<Double>();
        ratios.forEach(ratio -> drawn.add(Math.min(ratio, LONGEST_RATIO)));
        return drawn;
    }

    private static void style(Chart<?, ?> chart) {
        Styler styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendPosition(Styler.LegendPosition.OutsideS);
        styler.setLegendLayout(Styler.LegendLayout.Horizontal);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendPadding(14);
        styler.setLegendFont(new Font(FONT, Font.PLAIN, 14));
        styler.setSeriesColors(COLORS);
        styler.setBaseFont(new Font(FONT, Font.PLAIN, 14));
        styler.setChartTitleVisible(false);
        styler.setAntiAlias(true);
    }

    private static String svg(IChart chart) throws IOException {
        try {
            var document = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().getDOMImplementation()
                    .createDocument(SVGGraphics2D.SVG_NAMESPACE_URI, "svg", null);
            var context = SVGGeneratorContext.createDefault(document);
            context.setComment(null); // else it tells the library's version
            var graphics = new SVGGraphics2D(context, false);
            graphics.setSVGCanvasSize(new Dimension(chart.getWidth(), chart.getHeight()));
            chart.paint(graphics, chart.getWidth(), chart.getHeight());
            var out = new StringWriter();
            graphics.stream(out, true);
            return out.toString();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this Java runtime has no XML parser", e);
        }
    }
}
