package io.xenolith.bench.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PerformanceDocsTest {

    private static final PerformanceDocs DOCS = new PerformanceDocs(Path.of(".."));
    private static final String ASK = "run 'bin/bench docs' and commit what it changes";

    @Test
    void theTablesThatAreCommittedAreWhatTheResultsSay() throws Exception {
        assertEquals(DOCS.filled(), Files.readString(DOCS.document()), ASK);
    }

    @Test
    void theChartsThatAreCommittedWereDrawnFromTheResults() throws Exception {
        for (var chart : DOCS.charts().entrySet()) {
            assertTrue(Files.readString(chart.getKey()).endsWith(chart.getValue().origin()), chart.getKey() + ": " + ASK);
        }
    }

    @Test
    void aChartIsDrawnForEachResult() throws Exception {
        for (var chart : DOCS.charts().values()) {
            var svg = chart.svg();
            assertTrue(svg.contains("<svg") && svg.contains("<rect"), svg);
        }
    }

    @Test
    void aSectionIsReplacedAndWhatStandsAroundItIsNot() {
        var before = "# Title\n<!-- generated: one -->\nold $1\n<!-- end -->\nrest <!-- end -->\n";
        assertEquals("# Title\n<!-- generated: one -->\nnew $2\n<!-- end -->\nrest <!-- end -->\n",
                GeneratedSections.fill(before, Map.of("one", "new $2\n")));
    }

    @Test
    void aSectionWithoutContentAndContentWithoutASectionAreRejectedByName() {
        var document = "<!-- generated: one -->\n<!-- end -->\n";
        assertTrue(assertThrows(IllegalArgumentException.class, () -> GeneratedSections.fill(document, Map.of()))
                .getMessage().contains("'one'"));
        assertTrue(assertThrows(IllegalArgumentException.class,
                () -> GeneratedSections.fill(document, Map.of("one", "", "two", ""))).getMessage().contains("'two'"));
    }

    @Test
    void aTableIsPaddedAndItsNumbersStandToTheRight() {
        assertEquals("""
                | step  | seconds |
                |-------|--------:|
                | first |       1 |
                """, new MarkdownTable(List.of("step", ">seconds")).row(List.of("first", "1")).toString());
    }

    @Test
    void figuresHaveThreeDigits() {
        assertEquals(List.of("0", "0.12", "1.23", "12.3", "123", "1,235"), List.of(Figures.number(0), Figures.number(0.1234),
                Figures.number(1.234), Figures.number(12.34), Figures.number(123.4), Figures.number(1234.5)));
    }
}
