package io.vitrine.model.hub;

/**
 * A model file inside a published Python package.
 *
 * @param wheelBytes size of the package's wheel, for progress
 * @param entry where in the wheel the file is
 * @param fileBytes its size
 * @param checksum of its contents: a package of that name and version with anything else in it is refused
 */
record PythonPackage(String name, String version, long wheelBytes, String entry, long fileBytes, Checksum checksum) {

    /** The file's own name, without its folders. */
    String fileName() {
        return entry.substring(entry.lastIndexOf('/') + 1);
    }

    String requirement() {
        return name + "==" + version;
    }
}
