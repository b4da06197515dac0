package io.xenolith.source.xapi.rpc;

import java.time.Instant;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactoryImpl;
import org.apache.xmlrpc.common.XmlRpcController;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.TypeParser;
import org.apache.xmlrpc.serializer.StringSerializer;
import org.apache.xmlrpc.serializer.TypeSerializer;
import org.apache.xmlrpc.serializer.TypeSerializerImpl;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/// How arguments are written: whole numbers as strings, times with their `Z`, passwords straight from their characters.
/// Strings, flags, floating numbers, lists and maps are the library's; nothing else can be sent, and nothing is read.
final class RequestTypes extends TypeFactoryImpl {

    RequestTypes(XmlRpcController controller) {
        super(controller);
    }

    @Override
    public TypeSerializer getSerializer(XmlRpcStreamConfig config, Object value) throws SAXException {
        var serializer = switch (value) {
            case Long number -> text(number.toString());
            case Integer number -> text(number.toString());
            case Instant time -> new Typed("dateTime.iso8601", WireTime.format(time).toCharArray());
            case char[] password -> new Typed("string", password);
            case String _ -> new StringSerializer();
            case null, default -> super.getSerializer(config, value);
        };
        if (serializer == null) {
            throw new SAXException("a " + value.getClass().getName() + " cannot be sent");
        }
        return serializer;
    }

    private static TypeSerializer text(String digits) {
        return new Typed("string", digits.toCharArray());
    }

    @Override
    public TypeParser getParser(XmlRpcStreamConfig config, NamespaceContextImpl context, String uri, String name) {
        throw new UnsupportedOperationException("answers are read by XmlRpcReader");
    }

    private static final class Typed extends TypeSerializerImpl {
        private final String tag;
        private final char[] text;

        Typed(String tag, char[] text) {
            this.tag = tag;
            this.text = text;
        }

        @Override
        public void write(ContentHandler handler, Object value) throws SAXException {
            write(handler, tag, text);
        }
    }
}
