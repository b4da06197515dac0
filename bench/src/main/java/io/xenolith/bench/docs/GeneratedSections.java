package io.xenolith.bench.docs;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The parts of a Markdown document that are made, not written. Each stands between two comments:
///
/// ```text
///   <!-- generated: NAME -->
///   what is replaced
///   <!-- end -->
/// ```
final class GeneratedSections {

    private static final Pattern SECTION =
            Pattern.compile("(<!-- generated: ([a-z-]+) -->\n)(.*?)(<!-- end -->)", Pattern.DOTALL);

    private GeneratedSections() {
    }

    /// The document with its sections filled.
    ///
    /// @param content by the sections' names, each empty or ending with a line's end
    /// @throws IllegalArgumentException if the document has a section of which there is no content, or none for a content
    static String fill(String document, Map<String, String> content) {
        for (var name : content.keySet()) {
            if (!document.contains("<!-- generated: " + name + " -->\n")) {
                throw new IllegalArgumentException("the document has no section '%s'".formatted(name));
            }
        }
        return SECTION.matcher(document).replaceAll(section -> {
            var filling = content.get(section.group(2));
            if (filling == null) {
                throw new IllegalArgumentException("nothing is known about the section '%s'".formatted(section.group(2)));
            }
            return Matcher.quoteReplacement(section.group(1) + filling + section.group(4));
        });
    }
}
