package io.vitrine.server.http;

import java.util.ArrayList;
import java.util.List;

import io.vitrine.server.http.BodyMemory.Lease;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BodyMemoryTest {

    private static final int KIBIBYTE = 1 << 10;
    /** Of 256 KiB of bodies, large ones may have 192. */
    private final BodyMemory memory = new BodyMemory(16 * 256 * KIBIBYTE);

    private final List<String> granted = new ArrayList<>();

    @Test
    void growsALeaseOnlyIfAllBodiesCanStillEnd() {
        Lease first = lease("first", 128);
        Lease second = lease("second", 128);
        assertThat(first.grow(96 * KIBIBYTE)).isTrue();
        assertThat(second.grow(96 * KIBIBYTE))
                .as("there is room, but then both would need 32 KiB more")
                .isFalse();
        assertThat(first.grow(128 * KIBIBYTE)).isTrue();
        first.release();
        assertThat(granted).containsExactly("second");
        assertThat(second.grow(128 * KIBIBYTE)).isTrue();
    }

    @Test
    void grantsASmallerBodyBehindOneThatMustWait() {
        Lease holder = lease("holder", 128);
        assertThat(holder.grow(128 * KIBIBYTE)).isTrue();
        Lease growing = lease("growing", 64);
        assertThat(growing.grow(32 * KIBIBYTE)).isTrue();
        Lease large = lease("large", 190);
        assertThat(large.grow(33 * KIBIBYTE)).isFalse();
        assertThat(growing.grow(64 * KIBIBYTE)).isTrue();
        growing.release();
        assertThat(granted).as("190 KiB must come free after the 128").containsExactly("large");
    }

    @Test
    void holdsWhatABodyHasTurnedOutToBe() {
        Lease body = lease("body", 128);
        body.grow(128 * KIBIBYTE);
        body.shrink(10);
        assertThat(memory.used()).isEqualTo(160);
        body.release();
        assertThat(memory.used()).isZero();
    }

    private Lease lease(String name, int kibibytes) {
        return memory.lease((long) kibibytes * KIBIBYTE, Runnable::run, () -> granted.add(name));
    }
}
