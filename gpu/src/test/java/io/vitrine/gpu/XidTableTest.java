package io.vitrine.gpu;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The table against lists that others keep. */
class XidTableTest {

    @Test
    void isAtLeastAsCarefulAsTheNodeAgentOfAws() {
        List<Integer> fatal =
                List.of(46, 48, 54, 62, 64, 74, 79, 95, 109, 110, 119, 120, 136, 140, 143, 151, 155, 156, 158);
        assertThat(fatal)
                .allSatisfy(code ->
                        assertThat(XidTable.find(code).severity().state()).isEqualTo(HealthState.FAILED));
    }

    @Test
    void doesNotBlameTheGpuForWhatTheDevicePluginIgnores() {
        assertThat(List.of(13, 31, 43, 45, 68))
                .allSatisfy(code ->
                        assertThat(XidTable.find(code).severity().state()).isEqualTo(HealthState.OK));
    }

    @Test
    void anUnknownCodeIsAReasonToLook() {
        assertThat(XidTable.find(4711))
                .isEqualTo(new Xid(4711, XidClass.DEGRADED, "unknown XID", "ask the vendor's catalogue"));
    }

    @Test
    void everyEntrySaysWhatAndWhatToDo() {
        IntStream.range(0, 200).mapToObj(XidTable::find).forEach(xid -> {
            assertThat(xid.meaning()).isNotBlank();
            assertThat(xid.action()).isNotBlank();
        });
    }

    @Test
    void throttleBitsKeepWhatTheyDoNotKnow() {
        assertThat(ThrottleReason.labels(0)).isEmpty();
        assertThat(ThrottleReason.labels(0x8000_0000_0000_0805L))
                .containsExactly("gpu_idle", "power_cap", "unknown_0x800", "unknown_0x8000000000000000");
    }
}
