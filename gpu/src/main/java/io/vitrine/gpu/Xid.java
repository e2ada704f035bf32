package io.vitrine.gpu;

/**
 * One of the driver's error codes, with what it means and what to do.
 *
 * @param code the number in the kernel's log and in the event
 * @param severity how bad it is
 * @param meaning what happened
 * @param action what to do
 */
public record Xid(int code, XidClass severity, String meaning, String action) {}
