package io.vitrine.model.hub;

import java.nio.file.Path;

/** One place a model can be had from. */
public interface ModelSource {

    /** Short name of the kind of source, fit for a folder: what an interrupted fetch left is found again under it. */
    String id();

    /** The source in words, as it stands in progress, in error messages and in {@link LocalModel#source}. */
    String description();

    /**
     * Puts the model's files, verified where a checksum is known, into the folder; at the end nothing else is in it.
     *
     * @param folder exists; empty, or as an earlier, interrupted fetch from the same source left it. The caller holds it alone
     * @throws ModelSourceException if the source does not have the model or cannot be reached; the folder may then hold files
     *     that a later call resumes
     */
    void fetch(Path folder, DownloadProgress progress) throws ModelSourceException, InterruptedException;
}
