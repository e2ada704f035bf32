package io.vitrine.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.vitrine.gpu.kernel.KernelLog;
import io.vitrine.gpu.kernel.XidLine;
import io.vitrine.gpu.nvml.NvmlSymbol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** XIDs from the kernel's log: which count, and that none counts twice. */
class KernelLogTest {

    private static final String XID_79 =
            "3,1234,98765432,-;NVRM: Xid (PCI:0000:3b:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.";

    @TempDir
    private Path folder;

    private Path log;

    @BeforeEach
    void create() throws IOException {
        log = Files.createFile(folder.resolve("kmsg"));
    }

    private void append(String... lines) {
        try {
            Files.writeString(log, String.join("\n", lines) + "\n", StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void tellsWhatCameSinceItWasOpenedAndNothingOfBefore() throws IOException {
        append("3,1,1,-;before");
        try (KernelLog kernel = KernelLog.open(log)) {
            assertThat(kernel.readNew()).isEmpty();
            append("3,2,2,-;one", "3,3,3,-;two");
            assertThat(kernel.readNew()).containsExactly("3,2,2,-;one", "3,3,3,-;two");
            assertThat(kernel.readNew()).isEmpty();
        }
    }

    @Test
    void afterItsEndThereIsNothing() throws IOException {
        KernelLog kernel = KernelLog.open(log);
        kernel.close();
        kernel.close();
        append("3,2,2,-;one");

        assertThat(kernel.readNew()).isEmpty();
    }

    @Test
    void saysWhyItCannotBeRead() {
        assertThatThrownBy(() -> KernelLog.open(folder.resolve("none")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    @Test
    void knowsTheDriversLine() {
        XidLine line = XidLine.parse(XID_79).orElseThrow();

        assertThat(line).isEqualTo(new XidLine("0:3b:0", 79));
        assertThat(line.isOf("00000000:3B:00.0")).isTrue();
        assertThat(line.isOf("00000000:3C:00.0")).isFalse();
        assertThat(line.isOf("00000001:3B:00.0")).isFalse();
        assertThat(line.isOf("")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3,1,1,-;NVRM: GPU at PCI:0000:3b:00: GPU-1",
                "3,1,1,-;NVRM: Xid (PCI:0000:3b:00): many",
                "NVRM: Xid (PCI:0000:3b:00): 79, no prefix",
                "3,1,1,-;somebody says NVRM: Xid (PCI:0000:3b:00): 79, too",
                // Written by a program: the facility is not the kernel's.
                "14,1,1,-;NVRM: Xid (PCI:0000:3b:00): 79, a joke"
            })
    void anythingElseIsNoXid(String line) {
        assertThat(XidLine.parse(line)).isEmpty();
    }

    @Test
    void anXidThatDidNotComeAsAnEventIsTakenFromTheLog() {
        FakeDriver driver = FakeDriver.oneGpu();
        try (Rig rig = new Rig(driver, log)) {
            rig.poll();
            append(XID_79);
            rig.at(1).poll();
            assertThat(rig.listener.heard).isEmpty();

            GpuReading gpu = rig.at(3).pollOne();

            assertThat(Rig.rules(gpu)).containsExactly(HealthRule.XID_HARDWARE);
            rig.pollUntil(10);
            assertThat(rig.listener.heard).containsExactly("event XID 79", "0: OK -> FAILED");
        }
    }

    @Test
    void anXidThatCameByBothWaysCountsOnce() {
        FakeDriver driver = FakeDriver.oneGpu().set("@1 event gpu0 xid=13", "@2 event gpu0 xid=13");
        try (Rig rig = new Rig(driver, log)) {
            rig.poll();
            rig.at(1);
            String line = XID_79.replace(": 79,", ": 13,");
            append(line, line);
            rig.poll();
            assertThat(rig.pollUntil(10).xids()).extracting(XidTally::count).containsExactly(2L);

            append(line);
            assertThat(rig.pollUntil(20).xids()).extracting(XidTally::count).containsExactly(3L);
        }
    }

    @Test
    void theLogIsReadWhileTheDriverHangs() throws Exception {
        FakeDriver driver = FakeDriver.oneGpu();
        try (Rig rig = new Rig(driver, log)) {
            rig.poll();
            driver.set("hang.nvmlDeviceGetFieldValues=1");
            CompletableFuture<Void> poll = CompletableFuture.runAsync(rig.probe::pollOnce);
            await().atMost(Duration.ofSeconds(30)).until(() -> rig.probe.calls().inside(NvmlSymbol.FIELD_VALUES));
            append(XID_79.replace(": 79,", ": 119,"));
            rig.probe.checkOnce();
            rig.at(6);
            rig.probe.checkOnce();

            assertThat(rig.probe.snapshot().gpus().get(0).health().state()).isEqualTo(HealthState.FAILED);

            driver.remove("hang.");
            poll.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void anotherMachinesPartIsNoMatter() {
        try (Rig rig = new Rig(FakeDriver.oneGpu(), log)) {
            rig.poll();
            append(XID_79.replace("3b", "af"));
            assertThat(rig.pollUntil(5).health()).isEqualTo(GpuHealth.GOOD);
        }
    }

    @Test
    void withoutALogTheProbeGoesOnAndSaysWhy() {
        try (Rig rig = new Rig(FakeDriver.oneGpu(), folder.resolve("none"))) {
            assertThat(rig.pollOne().health()).isEqualTo(GpuHealth.GOOD);
            assertThat(rig.probe.kernelLogProblem().orElseThrow()).contains("none");
        }
        try (Rig rig = new Rig(FakeDriver.oneGpu(), log)) {
            assertThat(rig.probe.kernelLogProblem()).isEmpty();
        }
    }
}
