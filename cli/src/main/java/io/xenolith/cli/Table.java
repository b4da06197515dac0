package io.xenolith.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A table without lines. Columns whose name begins with `>` stand to the right, as numbers should.
public final class Table {

    private static final int MAX_COLUMN_CHARACTERS = 200;

    private final Column[] columns;
    private final List<Object[]> rows = new ArrayList<>();

    public Table(String... names) {
        columns = List.of(names).stream().map(Table::column).toArray(Column[]::new);
    }

    private static Column column(String name) {
        boolean right = name.startsWith(">");
        var align = right ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new Column().header(right ? name.substring(1) : name).headerAlign(align).dataAlign(align)
                .maxWidth(MAX_COLUMN_CHARACTERS);
    }

    /// Adds a row with as many cells as there are columns.
    public Table row(Object... cells) {
        rows.add(cells);
        return this;
    }

    public void print(PrintStream out) {
        var text = AsciiTable.getTable(AsciiTable.NO_BORDERS, columns, rows.toArray(Object[][]::new));
        out.println(text.lines().map(line -> line.startsWith(" ") ? line.substring(1) : line).map(String::stripTrailing)
                .filter(line -> !line.isEmpty()).collect(Collectors.joining("\n")));
    }
}
