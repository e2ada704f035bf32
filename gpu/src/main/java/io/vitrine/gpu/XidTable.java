package io.vitrine.gpu;

import java.util.Map;
import java.util.TreeMap;

import static io.vitrine.gpu.XidClass.APPLICATION;
import static io.vitrine.gpu.XidClass.APPLICATION_RESTART;
import static io.vitrine.gpu.XidClass.DEGRADED;
import static io.vitrine.gpu.XidClass.HARDWARE;
import static io.vitrine.gpu.XidClass.INFO;
import static io.vitrine.gpu.XidClass.RESET;

/**
 * The XIDs and how bad each is: after NVIDIA's catalogue for Ampere and newer, weighed against what cloud providers' node agents and
 * NVIDIA's device plugin make of them. Where those disagree, the more careful reading stands.
 */
public final class XidTable {

    private static final String RESTART_PROCESS = "restart the process";
    private static final String RESET_GPU = "drain, reset the GPU";
    private static final String WATCH = "reset when convenient, watch it";
    private static final String REPLACE = "inspect or replace the card";
    private static final String NOTHING = "nothing";

    private static final Map<Integer, Xid> BY_CODE = new TreeMap<>();

    static {
        put(APPLICATION, RESTART_PROCESS, "graphics engine exception", 13);
        put(APPLICATION, RESTART_PROCESS, "GPU page fault", 31);
        put(APPLICATION, RESTART_PROCESS, "invalid push buffer", 32);
        put(APPLICATION, RESTART_PROCESS, "GPU stopped processing for an application's fault", 43);
        put(APPLICATION, RESTART_PROCESS, "fault during a context switch", 44);
        put(INFO, NOTHING, "clean-up after another error, or after a process was killed", 45);
        put(RESET, RESET_GPU, "GPU stopped processing (timeout)", 46);
        put(RESET, RESET_GPU, "uncorrectable memory error", 48);
        put(HARDWARE, "check the power cables", "auxiliary power is missing", 54);
        put(DEGRADED, WATCH, "power management unit breakpoint", 61);
        put(RESET, RESET_GPU, "power management unit halted", 62);
        put(DEGRADED, WATCH, "page retirement or row remapping recorded", 63);
        put(HARDWARE, REPLACE, "page retirement or row remapping failed", 64);
        put(APPLICATION, RESTART_PROCESS, "video decoder exception", 68);
        put(APPLICATION, RESTART_PROCESS, "graphics class error", 69);
        put(RESET, RESET_GPU, "NVLink error", 74);
        put(DEGRADED, "update driver and firmware", "vGPU start error", 78);
        put(HARDWARE, "reboot the machine; if it comes back, replace the card", "GPU has fallen off the bus", 79);
        put(DEGRADED, WATCH, "high rate of corrected memory errors", 92);
        put(INFO, NOTHING, "infoROM near its write limit", 93);
        put(APPLICATION_RESTART, "drain, restart the process", "contained memory error: one process is hit", 94);
        put(RESET, RESET_GPU, "uncontained memory error: every process is hit", 95);
        put(RESET, RESET_GPU, "context switch timeout", 109);
        put(RESET, RESET_GPU, "security fault", 110);
        put(RESET, RESET_GPU + "; driver calls may hang", "GPU system processor does not answer", 119);
        put(RESET, RESET_GPU + "; driver calls may hang", "GPU system processor error", 120);
        put(DEGRADED, WATCH, "chip-to-chip link error", 121);
        put(DEGRADED, WATCH, "firmware storage error", 122, 123, 124, 125);
        put(RESET, RESET_GPU, "NVLink training failed", 136);
        put(APPLICATION, RESTART_PROCESS, "NVLink privilege error", 137);
        put(RESET, RESET_GPU, "memory error that was not recovered", 140);
        put(DEGRADED, WATCH, "video encoder error", 142);
        put(HARDWARE, REPLACE, "GPU initialisation failed", 143);
        put(DEGRADED, "follow the driver's recovery action", "NVLink 5 error", 144, 145, 146, 147, 148, 149, 150);
        put(RESET, "restart the virtual machine", "key rotation error", 151);
        put(INFO, "follow the driver's recovery action", "recovery action changed", 154);
        put(RESET, RESET_GPU, "NVLink software error", 155);
        put(RESET, RESET_GPU, "resource retirement", 156);
        put(HARDWARE, REPLACE, "resource retirement failed", 157);
        put(RESET, RESET_GPU, "fatal timeout", 158);
        put(DEGRADED, WATCH, "channel retirement", 160, 161);
        put(RESET, RESET_GPU, "PCIe fatal timeout", 167);
        put(DEGRADED, WATCH, "memory capacity reduced", 168);
        put(RESET, RESET_GPU, "security processor halted", 169);
        put(RESET, RESET_GPU, "uncorrectable memory error, detail of 48", 171, 172);
        putRanges(APPLICATION, RESTART_PROCESS, "an engine stopped on what it was given", new int[][] {
            {8, 8},
            {11, 11},
            {25, 25},
            {39, 41},
            {70, 72},
            {75, 77},
            {80, 80},
            {82, 89},
            {96, 105},
            {126, 135},
            {139, 139}
        });
        putRanges(INFO, NOTHING, "for information", new int[][] {{14, 14}, {37, 38}, {66, 67}, {106, 107}, {141, 141}});
    }

    private XidTable() {}

    /** The entry of a code; one that is not listed is a reason to look at the GPU. */
    public static Xid find(int code) {
        Xid listed = BY_CODE.get(code);
        return listed != null ? listed : new Xid(code, DEGRADED, "unknown XID", "ask the vendor's catalogue");
    }

    private static void put(XidClass severity, String action, String meaning, int... codes) {
        for (int code : codes) {
            if (BY_CODE.put(code, new Xid(code, severity, meaning, action)) != null) {
                throw new IllegalStateException("XID listed twice: " + code);
            }
        }
    }

    private static void putRanges(XidClass severity, String action, String meaning, int[][] ranges) {
        for (int[] range : ranges) {
            for (int code = range[0]; code <= range[1]; code++) {
                put(severity, action, meaning, code);
            }
        }
    }
}
