package io.xenolith.source.xmlvalue;

/// A document is not even XML.
final class IllFormedXmlException extends XmlValueException {

    IllFormedXmlException(String finding, Throwable cause) {
        super(finding, cause);
    }
}
