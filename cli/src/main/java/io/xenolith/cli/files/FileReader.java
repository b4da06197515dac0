package io.xenolith.cli.files;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// Reads the files of one file system.
interface FileReader {

    /// The directory that everything is in.
    FileEntry root();

    /// What is in a directory, in the order of the file system.
    List<FileEntry> list(FileEntry directory) throws IOException, InterruptedException;

    /// Copies the content of a file.
    void read(FileEntry file, OutputStream target) throws IOException, InterruptedException;
}
