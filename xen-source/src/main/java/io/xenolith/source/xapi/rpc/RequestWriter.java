package io.xenolith.source.xapi.rpc;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import org.apache.ws.commons.serialize.XMLWriterImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.serializer.XmlWriterFactory;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/// Writes a request's XML in UTF-8. The library's own writer would break characters beyond U+FFFF, an emoji in the name
/// of a VM, into two references that no parser takes; and characters that XML cannot hold it would pass on, for a host
/// to drop them in silence or to refuse the call.
final class RequestWriter extends XMLWriterImpl {

    static final XmlWriterFactory FACTORY = RequestWriter::to;

    private static ContentHandler to(XmlRpcStreamConfig config, OutputStream out) {
        var writer = new RequestWriter();
        writer.setEncoding("UTF-8");
        writer.setDeclarating(true);
        writer.setIndenting(false);
        writer.setFlushing(true);
        writer.setWriter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
        return writer;
    }

    @Override
    public boolean canEncode(char c) {
        return true; // UTF-8 has them all
    }

    @Override
    public void characters(char[] text, int offset, int length) throws SAXException {
        requireAllowed(text, offset, length);
        int from = offset;
        for (int at = offset; at < offset + length; at++) {
            if (text[at] == '\r') {
                super.characters(text, from, at - from); // ends a start tag, too
                writeCarriageReturn();
                from = at + 1;
            }
        }
        super.characters(text, from, offset + length - from);
    }

    // Written as it is, it would arrive as a line feed.
    private void writeCarriageReturn() throws SAXException {
        try {
            getWriter().write("&#13;");
        } catch (IOException e) {
            throw new SAXException(e);
        }
    }

    private static void requireAllowed(char[] text, int offset, int length) throws SAXException {
        for (int at = offset; at < offset + length; ) {
            int character = Character.codePointAt(text, at, offset + length);
            if (!XmlCharacters.allowed(character)) {
                throw new SAXException("the character U+%04X cannot be sent".formatted(character));
            }
            at += Character.charCount(character);
        }
    }
}
