package io.xenolith.source.xmlvalue;

import java.io.IOException;

/// A document is not one XML-RPC value, or is larger than it may be. Reading it again does not help.
public sealed class XmlValueException extends IOException permits UnexpectedRootException, IllFormedXmlException {

    XmlValueException(String finding) {
        super(finding);
    }

    XmlValueException(String finding, Throwable cause) {
        super(finding, cause);
    }
}
