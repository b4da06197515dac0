package io.xenolith.source.history;

import io.xenolith.source.vhd.DifferencingVhd;
import io.xenolith.source.vhd.VhdIdentity;
import io.xenolith.source.vhd.VhdImage;
import io.xenolith.source.vhd.VhdParent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.UUID;

/// Finds what the VHDs of a tree are laid over: always a file in the same folder, known by the id in its footer, or by its
/// name if the image tells no id. A name alone proves nothing where there is an id: files are renamed, and replaced.
final class VhdLinks {

    private static final UUID NO_ID = new UUID(0, 0);

    private final Map<Path, Head> heads = new HashMap<>();
    private final Map<Path, Folder> folders = new HashMap<>();
    private final Map<Path, Link> links = new HashMap<>();

    /// The images of `tree`. Each is opened once, when it is first asked for.
    VhdLinks(Tree tree) {
        tree.images().forEach(file -> folders.computeIfAbsent(file.getParent(), _ -> new Folder()).add(file));
    }

    /// The images of one folder. They are opened once somebody asks for an id.
    private final class Folder {
        private final Map<String, Path> byName = new HashMap<>();
        private final Map<UUID, List<Path>> byId = new HashMap<>();
        private boolean opened;

        void add(Path file) {
            byName.put(file.getFileName().toString(), file);
        }

        List<Path> named(List<String> names) {
            return names.stream().filter(byName::containsKey).map(byName::get).toList();
        }

        List<Path> withId(UUID id) {
            if (!opened) {
                opened = true;
                for (var file : byName.values()) {
                    if (head(file) instanceof Head.Image image) {
                        byId.computeIfAbsent(image.identity().id(), _ -> new ArrayList<>()).add(file);
                    }
                }
            }
            return byId.getOrDefault(id, List.of());
        }
    }

    /// What the beginning of a file says.
    private sealed interface Head {
        record Image(VhdIdentity identity, Optional<VhdParent> parent, Instant modified) implements Head {
        }

        record Unreadable(String reason) implements Head {
        }
    }

    /// What became of the chain below a file, itself included.
    private sealed interface Link {
        record Whole(PastImage image) implements Link {
        }

        record Broken(String reason) implements Link {
        }
    }

    /// The image in `file`, with all that it is laid over.
    ///
    /// @param file one of the tree's
    /// @throws NotUnderstoodException if it cannot be read, or anything below it is missing
    PastImage image(Path file) throws NotUnderstoodException {
        return switch (links.containsKey(file) ? links.get(file) : follow(file)) {
            case Link.Whole whole -> whole.image();
            case Link.Broken broken -> throw new NotUnderstoodException(broken.reason());
        };
    }

    /// Goes down to what is known or lies at the bottom, and comes back up. A chain may be too long for recursion.
    private Link follow(Path file) {
        var way = new ArrayDeque<Path>();
        SequencedSet<Path> met = new LinkedHashSet<>();
        var below = Optional.of(file);
        Link link = new Link.Whole(null);
        while (below.isPresent() && !links.containsKey(below.get())) {
            var at = below.get();
            if (!met.add(at)) {
                link = new Link.Broken("the images are laid over each other in a circle, through %s"
                        .formatted(at.getFileName()));
                break;
            }
            way.push(at);
            try {
                below = parent(at);
            } catch (NotUnderstoodException e) {
                way.pop();
                link = put(at, new Link.Broken(e.getMessage()));
                below = Optional.empty();
            }
        }
        link = below.filter(links::containsKey).map(links::get).orElse(link);
        for (var at : way) {
            link = put(at, over(at, link));
        }
        return links.get(file);
    }

    private Link put(Path file, Link link) {
        links.put(file, link);
        return link;
    }

    private Link over(Path file, Link below) {
        return switch (below) {
            case Link.Whole whole -> {
                var head = (Head.Image) heads.get(file); // or it would have no way down
                yield new Link.Whole(new PastImage(file, head.identity(), head.modified(), whole.image()));
            }
            case Link.Broken broken -> broken;
        };
    }

    private Optional<Path> parent(Path file) throws NotUnderstoodException {
        var head = switch (head(file)) {
            case Head.Image image -> image;
            case Head.Unreadable unreadable ->
                    throw new NotUnderstoodException("%s: %s".formatted(file.getFileName(), unreadable.reason()));
        };
        return head.parent().isEmpty() ? Optional.empty() : Optional.of(parent(file, head.parent().get()));
    }

    private Path parent(Path file, VhdParent wanted) throws NotUnderstoodException {
        var named = wanted.names().stream().map(VhdLinks::lastName).filter(name -> !name.isEmpty()).distinct().toList();
        var id = wanted.identity().id();
        var folder = folders.get(file.getParent());
        var sameName = folder.named(named);
        if (id.equals(NO_ID)) {
            return only(file, named, sameName);
        }
        var sameId = folder.withId(id);
        if (sameId.isEmpty() && !sameName.isEmpty()) {
            throw wrongParent(file, id, sameName.getFirst());
        }
        var both = sameId.stream().filter(sameName::contains).toList();
        return only(file, named, both.isEmpty() ? sameId : both);
    }

    /// Names of parents are relative, absolute or URLs, of any system, and only the last part can be of this folder.
    private static String lastName(String name) {
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    private static Path only(Path file, List<String> named, List<Path> candidates) throws NotUnderstoodException {
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        throw new NotUnderstoodException("%s holds only what changed since its parent%s, %s in its folder".formatted(
                file.getFileName(), named.isEmpty() ? "" : " " + named.getFirst(),
                candidates.isEmpty() ? "which is not" : "of which there are several"));
    }

    private NotUnderstoodException wrongParent(Path file, UUID wanted, Path found) {
        return new NotUnderstoodException(switch (head(found)) {
            case Head.Image image -> "%s holds only what changed since the image %s, but its parent %s is now the image %s"
                    .formatted(file.getFileName(), wanted, found.getFileName(), image.identity().id());
            case Head.Unreadable unreadable ->
                    "its parent cannot be read: %s: %s".formatted(found.getFileName(), unreadable.reason());
        });
    }

    private Head head(Path file) {
        return heads.computeIfAbsent(file, VhdLinks::readHead);
    }

    private static Head readHead(Path file) {
        try (var image = VhdImage.open(file)) {
            var parent = image instanceof DifferencingVhd delta ? Optional.of(delta.parent()) : Optional.<VhdParent>empty();
            return new Head.Image(image.identity(), parent, Files.getLastModifiedTime(file).toInstant());
        } catch (IOException e) {
            return new Head.Unreadable(Tree.sentence(e));
        }
    }
}
