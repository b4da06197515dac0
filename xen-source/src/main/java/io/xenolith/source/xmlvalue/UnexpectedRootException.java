package io.xenolith.source.xmlvalue;

/// A document is some other XML. Its root element tells which.
public final class UnexpectedRootException extends XmlValueException {
    private final String root;

    UnexpectedRootException(String root) {
        super("the root element is <%s>, not <value>".formatted(root));
        this.root = root;
    }

    /// The local name of the root element.
    public String root() {
        return root;
    }
}
