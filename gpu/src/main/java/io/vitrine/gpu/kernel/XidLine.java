package io.vitrine.gpu.kernel;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the kernel's log in which the driver tells of an error.
 *
 * @param pciAddress of the GPU: {@code domain:bus:device}, each in hexadecimal digits without leading zeros
 * @param code the XID
 */
public record XidLine(String pciAddress, int code) {

    /** {@code priority,sequence,microseconds,flags;NVRM: Xid (PCI:0000:3b:00): 79, …}. */
    private static final Pattern LINE = Pattern.compile(
            "(\\d{1,9}),[^;]*;NVRM: Xid \\(PCI:(\\p{XDigit}{4,8}:\\p{XDigit}{2}:\\p{XDigit}{2})(?:\\.\\p{XDigit})?\\): (\\d{1,4})\\b.*");

    private static final Pattern ADDRESS =
            Pattern.compile("(\\p{XDigit}{4,8}:\\p{XDigit}{2}:\\p{XDigit}{2})(?:\\.\\p{XDigit})?");

    /** From here on a program has written the line, and not the kernel: the facility is above the lowest three bits. */
    private static final int FIRST_OF_PROGRAMS = 8;

    /** Whether the line is one. */
    public static Optional<XidLine> parse(String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) < FIRST_OF_PROGRAMS
                ? Optional.of(new XidLine(shortened(matcher.group(2)), Integer.parseInt(matcher.group(3))))
                : Optional.empty();
    }

    /** Whether the GPU at this address is the one, as NVML writes it: {@code 00000000:3B:00.0}. */
    public boolean isOf(String busId) {
        Matcher matcher = ADDRESS.matcher(busId);
        return matcher.matches() && shortened(matcher.group(1)).equals(pciAddress);
    }

    private static String shortened(String address) {
        StringBuilder parts = new StringBuilder();
        for (String part : address.split(":", -1)) {
            parts.append(parts.isEmpty() ? "" : ":").append(Long.toHexString(Long.parseLong(part, 16)));
        }
        return parts.toString().toLowerCase(Locale.ROOT);
    }
}
