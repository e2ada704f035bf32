package io.vitrine.gpu;

/**
 * The driver on this machine.
 *
 * @param driverVersion for example {@code 570.86.10}; empty when it does not tell, as the others
 * @param nvmlVersion the library's version
 * @param cudaVersion the CUDA version it is made for, for example {@code 12.8}
 */
public record DriverInfo(String driverVersion, String nvmlVersion, String cudaVersion) {

    /** No driver, or not known yet. */
    public static final DriverInfo NONE = new DriverInfo("", "", "");
}
