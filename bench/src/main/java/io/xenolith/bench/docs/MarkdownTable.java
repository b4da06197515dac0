package io.xenolith.bench.docs;

import java.util.ArrayList;
import java.util.List;

/// A table in Markdown, padded so that it can be read as text, too.
final class MarkdownTable {

    private final List<List<String>> rows = new ArrayList<>();

    /// @param headings a column's text stands to the right where its heading begins with `>`
    MarkdownTable(List<String> headings) {
        rows.add(headings);
    }

    MarkdownTable row(List<String> cells) {
        if (cells.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException("%d cells in a table of %d columns"
                    .formatted(cells.size(), rows.getFirst().size()));
        }
        rows.add(cells);
        return this;
    }

    @Override
    public String toString() {
        var out = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            line(out, i);
            if (i == 0) {
                rule(out);
            }
        }
        return out.toString();
    }

    private void line(StringBuilder out, int row) {
        for (int column = 0; column < rows.getFirst().size(); column++) {
            var cell = cell(row, column);
            var padding = " ".repeat(width(column) - cell.length());
            out.append("| ").append(isRight(column) ? padding + cell : cell + padding).append(' ');
        }
        out.append("|\n");
    }

    private void rule(StringBuilder out) {
        for (int column = 0; column < rows.getFirst().size(); column++) {
            out.append('|').append("-".repeat(width(column) + 1)).append(isRight(column) ? ':' : '-');
        }
        out.append("|\n");
    }

    private String cell(int row, int column) {
        var cell = rows.get(row).get(column);
        return row == 0 && isRight(column) ? cell.substring(1) : cell;
    }

    private boolean isRight(int column) {
        return rows.getFirst().get(column).startsWith(">");
    }

    private int width(int column) {
        int width = 3;
        for (int row = 0; row < rows.size(); row++) {
            width = Math.max(width, cell(row, column).length());
        }
        return width;
    }
}
