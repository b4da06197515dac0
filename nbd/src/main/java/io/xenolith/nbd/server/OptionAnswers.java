package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.Limits;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a server says to options that concern its exports. May block; used by one task at a time.
final class OptionAnswers {
    private final Exports exports;
    private final boolean listing;
    private final OpenExport open;

    OptionAnswers(Exports exports, boolean listing, OpenExport open) {
        this.exports = exports;
        this.listing = listing;
        this.open = open;
    }

    /// @param replies what is sent; the last one is final
    /// @param terms   what is agreed on from now on
    /// @param served  what transmission is about to begin with
    record Answer(List<OptionReply> replies, Terms terms, Optional<Export> served) {

        static Answer refusal(OptionError error, String text, Terms terms) {
            return new Answer(List.of(new OptionReply.Refusal(error, text)), terms, Optional.empty());
        }
    }

    Answer answer(OptionRequest option, Terms terms) {
        try {
            return switch (option) {
                case OptionRequest.ListExports _ -> list(terms);
                case OptionRequest.StructuredReply _ -> form(ReplyForm.STRUCTURED, terms);
                case OptionRequest.ExtendedHeaders _ -> form(ReplyForm.EXTENDED, terms);
                case OptionRequest.Info(var name, var kinds) -> inform(name, kinds, terms, false);
                case OptionRequest.Go(var name, var kinds) -> inform(name, kinds, terms, true);
                case OptionRequest.Export(var name) -> inform(name, List.of(), terms, true);
                case OptionRequest.ListContexts(var name, var queries) -> listContexts(name, queries, terms);
                case OptionRequest.SetContexts(var name, var queries) -> setContexts(name, queries, terms);
                case OptionRequest.Abort _, OptionRequest.StartTls _, OptionRequest.Unknown _ ->
                        throw new IllegalArgumentException(option + " does not concern exports");
            };
        } catch (Throwable e) { // also errors: the client must get an answer, or its connection would never end
            var text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return Answer.refusal(OptionError.UNKNOWN_EXPORT, "the server cannot say: " + text, terms);
        }
    }

    private Answer list(Terms terms) throws IOException {
        if (!listing) {
            return Answer.refusal(OptionError.POLICY, "this server does not list its exports", terms);
        }
        var replies = new ArrayList<OptionReply>();
        for (var entry : exports.list()) {
            replies.add(new OptionReply.Server(new ExportName(entry.name()), entry.description()));
        }
        return acknowledged(replies, terms);
    }

    private static Answer form(ReplyForm form, Terms terms) {
        if (terms.form() == form) {
            return Answer.refusal(OptionError.INVALID, "already agreed on", terms);
        }
        if (terms.form() == ReplyForm.EXTENDED) {
            return Answer.refusal(OptionError.INVALID, "extended headers were agreed on, which say more", terms);
        }
        return acknowledged(List.of(), terms.with(form));
    }

    private Answer inform(ExportName name, List<Integer> kinds, Terms terms, boolean go) throws IOException {
        var found = open.named(name);
        if (found.isEmpty()) {
            return unknown(name, terms);
        }
        var export = found.get();
        var replies = new ArrayList<OptionReply>();
        replies.add(new OptionReply.Export(export.size(), flags(export, terms)));
        replies.add(new OptionReply.Sizes(new BlockSizes(1, export.preferredBlock(), Limits.PAYLOAD)));
        if (kinds.contains(OptionRequest.INFO_NAME)) {
            replies.add(new OptionReply.Name(name));
        }
        if (kinds.contains(OptionRequest.INFO_DESCRIPTION) && !export.description().isEmpty()) {
            ExportListing.requireString(export.description());
            replies.add(new OptionReply.Description(export.description()));
        }
        replies.add(new OptionReply.Ack());
        return new Answer(replies, go ? terms.on(name) : terms, go ? found : Optional.empty());
    }

    static TransmissionFlags flags(Export export, Terms terms) {
        int flags = TransmissionFlags.HAS_FLAGS | TransmissionFlags.SEND_FLUSH | TransmissionFlags.SEND_FUA
                | TransmissionFlags.CAN_MULTI_CONN | TransmissionFlags.SEND_CACHE;
        flags |= export instanceof WritableExport
                ? TransmissionFlags.SEND_TRIM | TransmissionFlags.SEND_WRITE_ZEROES : TransmissionFlags.READ_ONLY;
        flags |= terms.form().chunked() ? TransmissionFlags.SEND_DF : 0;
        return new TransmissionFlags(flags);
    }

    /// A query that ends in a colon asks for everything that begins with it.
    private Answer listContexts(ExportName name, List<String> queries, Terms terms) throws IOException {
        if (!terms.form().chunked()) {
            return tooEarly(terms);
        }
        var export = open.named(name);
        if (export.isEmpty()) {
            return unknown(name, terms);
        }
        var told = export.get().contexts().stream().filter(context -> queries.isEmpty()
                || queries.stream().anyMatch(query -> query.endsWith(":") && context.startsWith(query)));
        var asked = queries.stream().filter(export.get()::hasContext);
        return acknowledged(contexts(Stream.concat(told, asked).distinct().toList()), terms);
    }

    /// Only exact names count; a refusal leaves nothing selected.
    private Answer setContexts(ExportName name, List<String> queries, Terms terms) throws IOException {
        var cleared = terms.with(List.of(), name);
        if (!terms.form().chunked()) {
            return tooEarly(cleared);
        }
        var export = open.named(name);
        if (export.isEmpty()) {
            return unknown(name, cleared);
        }
        var selected = queries.stream().distinct().filter(export.get()::hasContext).toList();
        return acknowledged(contexts(selected), terms.with(selected, name));
    }

    private static List<OptionReply> contexts(List<String> names) {
        var replies = new ArrayList<OptionReply>();
        for (var name : names) {
            replies.add(new OptionReply.Context(replies.size(), name));
        }
        return replies;
    }

    private static Answer acknowledged(List<? extends OptionReply> replies, Terms terms) {
        var all = new ArrayList<OptionReply>(replies);
        all.add(new OptionReply.Ack());
        return new Answer(all, terms, Optional.empty());
    }

    private static Answer tooEarly(Terms terms) {
        return Answer.refusal(OptionError.INVALID, "metadata contexts need structured replies; ask for those first", terms);
    }

    private static Answer unknown(ExportName name, Terms terms) {
        return Answer.refusal(OptionError.UNKNOWN_EXPORT, "there is no export " + name, terms);
    }
}
