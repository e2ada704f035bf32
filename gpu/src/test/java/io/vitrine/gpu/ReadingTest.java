package io.vitrine.gpu;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static io.vitrine.gpu.GpuMetric.*;
import static org.assertj.core.api.Assertions.assertThat;

/** What is read of a GPU that answers, and what is absent. */
class ReadingTest {

    @Test
    void readsEveryMetricInTheUnitOfItsName() {
        FakeDriver driver = FakeDriver.oneGpu()
                .set("gpu0.util=42", "gpu0.util.mem=17", "gpu0.enc=3", "gpu0.power=351250", "gpu0.energy=7000500")
                .set("gpu0.fans=2", "gpu0.fan.0=40", "gpu0.fan.1=105", "gpu0.rpm.0=2100", "gpu0.rpm.1=2300")
                .set("gpu0.fv.138=3:3", "gpu0.fv.270=3:1500000000", "gpu0.gpm.3=55.5", "gpu0.gpm.20=2")
                .set("gpu0.fv.194=5:-3", "gpu0.proc.0=4242,1073741824,4294967295,4294967295", "name.4242=java");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            GpuReading gpu = rig.at(1).pollOne();

            assertThat(gpu.identity())
                    .isEqualTo(new GpuIdentity(
                            0,
                            "GPU-00000000",
                            "NVIDIA H100 80GB HBM3",
                            "00000000:3B:00.0",
                            "1650123450",
                            "96.00.74.00.01",
                            "Hopper",
                            "9.0"));
            assertThat(gpu.value(UTILIZATION_RATIO)).hasValue(0.42);
            assertThat(gpu.value(MEMORY_ACTIVITY_RATIO)).hasValue(0.17);
            assertThat(gpu.value(ENCODER_UTILIZATION_RATIO)).hasValue(0.03);
            assertThat(gpu.value(MEMORY_TOTAL_BYTES)).hasValue(80L << 30);
            assertThat(gpu.value(MEMORY_USED_BYTES)).hasValue(1L << 30);
            assertThat(gpu.value(MEMORY_RESERVED_BYTES)).hasValue(1L << 29);
            assertThat(gpu.value(MEMORY_OCCUPIED_BYTES)).hasValue(3L << 29);
            assertThat(gpu.value(MEMORY_OCCUPIED_RATIO)).hasValue(1.5 / 80);
            assertThat(gpu.value(POWER_WATTS)).hasValue(351.25);
            assertThat(gpu.value(POWER_INSTANT_WATTS)).hasValue(71);
            assertThat(gpu.value(POWER_LIMIT_LOWEST_WATTS)).hasValue(200);
            assertThat(gpu.value(POWER_LIMIT_HIGHEST_WATTS)).hasValue(700);
            assertThat(gpu.value(ENERGY_JOULES)).hasValue(7000.5);
            assertThat(gpu.value(TEMPERATURE_CELSIUS)).hasValue(35);
            assertThat(gpu.value(TEMPERATURE_MEMORY_CELSIUS)).hasValue(40);
            assertThat(gpu.value(TEMPERATURE_MARGIN_CELSIUS)).hasValue(50);
            assertThat(gpu.value(TEMPERATURE_SLOWDOWN_CELSIUS)).hasValue(87);
            assertThat(gpu.value(TEMPERATURE_SLOWDOWN_OFFSET_CELSIUS)).hasValue(-3);
            assertThat(gpu.value(FAN_SPEED_RATIO)).hasValue(1.05);
            assertThat(gpu.value(FAN_SPEED_RPM)).hasValue(2100);
            assertThat(gpu.value(CLOCK_SM_HIGHEST_MEGAHERTZ)).hasValue(1980);
            assertThat(gpu.value(THROTTLED_HARDWARE_THERMAL_SECONDS)).hasValue(1.5);
            assertThat(gpu.value(NVLINK_SENT_BYTES)).hasValue(3 * 1024);
            assertThat(gpu.value(NVLINK_ACTIVE_LINKS)).hasValue(2);
            assertThat(gpu.value(SM_OCCUPANCY_RATIO)).hasValue(0.555);
            assertThat(gpu.throttleReasons()).containsExactly("gpu_idle");
            assertThat(gpu.processes())
                    .containsExactly(new GpuProcess(GpuProcess.Kind.COMPUTE, 4242, 1L << 30, null, "java"));
            assertThat(gpu.health()).isEqualTo(GpuHealth.GOOD);
        }
    }

    @Test
    void tellsTheDriver() {
        try (Rig rig = new Rig(FakeDriver.oneGpu())) {
            GpuSnapshot snapshot = rig.poll();
            assertThat(snapshot.status()).isEqualTo(new CollectorStatus(CollectorState.RUNNING, "", EventState.OFF));
            assertThat(snapshot.driver()).isEqualTo(new DriverInfo("570.86.10", "12.570.86.10", "12.8"));
            assertThat(snapshot.generation()).isOne();
        }
    }

    @Test
    void whatTheHardwareLacksIsAbsentAndSaysWhy() {
        FakeDriver driver = FakeDriver.create(FakeDriver.Build.NEW)
                .set("count=1", "gpu0.uuid=GPU-bare", "gpu0.name=GeForce", "gpu0.mem.total=1000", "gpu0.mem.used=10");
        try (Rig rig = new Rig(driver)) {
            GpuReading gpu = rig.pollOne();

            Set<GpuMetric> there = EnumSet.of(
                    MEMORY_TOTAL_BYTES,
                    MEMORY_OCCUPIED_BYTES,
                    MEMORY_USED_BYTES,
                    MEMORY_RESERVED_BYTES,
                    MEMORY_FREE_BYTES,
                    MEMORY_OCCUPIED_RATIO);
            assertThat(gpu.values().keySet()).isEqualTo(there);
            assertThat(gpu.value(ECC_CORRECTED_ERRORS)).isEmpty();
            assertThat(gpu.whyAbsent(ECC_CORRECTED_ERRORS)).hasValue("not supported by this GPU or driver");
            assertThat(gpu.health()).isEqualTo(GpuHealth.GOOD);
            assertThat(rig.probe.snapshot().status().events()).isEqualTo(EventState.UNSUPPORTED);
        }
    }

    @Test
    void doesNotAskEverySecondForWhatIsNotThere() {
        FakeDriver driver = FakeDriver.oneGpu().remove("gpu0.temp.max").remove("gpu0.margin");
        try (Rig rig = new Rig(driver)) {
            rig.poll();
            rig.pollUntil(20);
            assertThat(driver.count("nvmlDeviceGetMarginTemperature")).isOne();

            driver.set("gpu0.margin=30");
            GpuReading gpu = rig.at(601).pollOne();
            assertThat(gpu.value(TEMPERATURE_MARGIN_CELSIUS)).hasValue(30);
        }
    }

    @Test
    void dropsAndCountsGarbage() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("gpu0.util=4294967295", "gpu0.temp=-2147483648"))) {
            GpuReading gpu = rig.pollOne();
            assertThat(gpu.value(UTILIZATION_RATIO)).isEmpty();
            assertThat(gpu.whyAbsent(UTILIZATION_RATIO)).hasValue("sample out of range");
            assertThat(gpu.value(MEMORY_ACTIVITY_RATIO)).hasValue(0);
            assertThat(rig.probe.snapshot().invalidSamples()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aCodeThatPassesKeepsTheValueForOnePoll() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@1 gpu0.temp=ret:27", "@4 gpu0.temp=50"))) {
            rig.poll();
            assertThat(rig.at(1).pollOne().value(TEMPERATURE_CELSIUS)).hasValue(35);
            GpuReading second = rig.at(2).pollOne();
            assertThat(second.value(TEMPERATURE_CELSIUS)).isEmpty();
            assertThat(second.whyAbsent(TEMPERATURE_CELSIUS)).hasValue("not ready");
            assertThat(rig.at(4).pollOne().value(TEMPERATURE_CELSIUS)).hasValue(50);
        }
    }

    @Test
    void anIdleMarginOfNothingIsNoMargin() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("gpu0.margin=-1"))) {
            assertThat(rig.pollOne().value(TEMPERATURE_MARGIN_CELSIUS)).isEmpty();
        }
    }

    @Test
    void anOldDriverAnswersByItsOlderFunctions() {
        FakeDriver driver = FakeDriver.create(FakeDriver.Build.OLD)
                .set("count=1")
                .gpu(0)
                .remove("gpu0.fv.")
                .set("gpu0.ecc.0.0=5", "gpu0.ecc.1.0=0", "gpu0.remap.corrected=2", "gpu0.throttle=0x44")
                .set("gpu0.proc.0=7,4096,4294967295,4294967295");
        try (Rig rig = new Rig(driver)) {
            GpuReading gpu = rig.pollOne();
            assertThat(gpu.value(TEMPERATURE_CELSIUS)).hasValue(35);
            assertThat(gpu.value(MEMORY_OCCUPIED_BYTES)).hasValue(3L << 29);
            assertThat(gpu.value(MEMORY_USED_BYTES)).isEmpty();
            assertThat(gpu.value(ECC_CORRECTED_ERRORS)).hasValue(5);
            assertThat(gpu.value(REMAPPED_CORRECTED_ROWS)).hasValue(2);
            assertThat(gpu.value(REMAP_PENDING)).hasValue(0);
            assertThat(gpu.throttleReasons()).containsExactly("power_cap", "hw_thermal");
            assertThat(gpu.processes()).extracting(GpuProcess::pid).containsExactly(7L);
            assertThat(gpu.value(SM_OCCUPANCY_RATIO)).isEmpty();
            assertThat(gpu.whyAbsent(TEMPERATURE_MARGIN_CELSIUS)).hasValue("function not in this driver's library");
            assertThat(gpu.health().state()).isEqualTo(HealthState.OK);
        }
    }

    @Test
    void profilingCoversTheTimeBetweenTwoPolls() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("gpu0.gpm.10=63", "gpu0.gpm.5=NaN"))) {
            assertThat(rig.pollOne().value(MEMORY_BANDWIDTH_RATIO)).isEmpty();
            GpuReading second = rig.at(1).pollOne();
            assertThat(second.value(MEMORY_BANDWIDTH_RATIO)).hasValue(0.63);
            assertThat(second.value(TENSOR_ACTIVE_RATIO)).isEmpty();
        }
    }

    @Test
    void aProfilerThatStandsStillWhileTheGpuWorksIsSeededAnew() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("gpu0.util=100"))) {
            rig.poll();
            assertThat(rig.at(1).pollOne().value(SM_OCCUPANCY_RATIO)).isEmpty();
            rig.driver.set("gpu0.gpm.3=50");
            assertThat(rig.at(2).pollOne().value(SM_OCCUPANCY_RATIO)).isEmpty();
            assertThat(rig.at(3).pollOne().value(SM_OCCUPANCY_RATIO)).hasValue(0.5);
        }
    }

    @Test
    void pcieRatesComeFromCountersAndSurviveAWrap() {
        try (Rig rig = new Rig(FakeDriver.oneGpu().set("@1 gpu0.fv.197=3:5000", "@2 gpu0.fv.197=3:100"))) {
            rig.poll();
            assertThat(rig.at(1).pollOne().value(PCIE_SENT_BYTES_PER_SECOND)).hasValue(5000);
            assertThat(rig.at(2).pollOne().value(PCIE_SENT_BYTES_PER_SECOND)).isEmpty();
            assertThat(rig.driver.count("nvmlDeviceGetPcieThroughput")).isZero();
        }
    }

    @Test
    void withoutCountersPcieIsMeasured() {
        FakeDriver driver =
                FakeDriver.oneGpu().remove("gpu0.fv.197").remove("gpu0.fv.198").set("gpu0.pcie.0=12", "gpu0.pcie.1=34");
        try (Rig rig = new Rig(driver)) {
            GpuReading gpu = rig.pollOne();
            assertThat(gpu.value(PCIE_SENT_BYTES_PER_SECOND)).hasValue(12_000);
            assertThat(gpu.value(PCIE_RECEIVED_BYTES_PER_SECOND)).hasValue(34_000);
        }
    }

    @Test
    void readsThePartsOfASplitGpu() {
        FakeDriver driver = FakeDriver.oneGpu()
                .set("gpu0.mig.mode=1", "gpu0.mig.max=7", "ret.nvmlDeviceGetUtilizationRates=3")
                .set("gpu0.mig1.uuid=MIG-1", "gpu0.mig1.gi=3", "gpu0.mig1.ci=0", "gpu0.mig1.sms=16")
                .set("gpu0.mig1.mem.total=1000", "gpu0.mig1.mem.used=200", "gpu0.mig1.mem.reserved=50")
                .set(
                        "gpu0.mig4.uuid=MIG-4",
                        "gpu0.mig4.gi=5",
                        "gpu0.mig4.ci=0",
                        "ret.nvmlDeviceGetMemoryInfo_v2.gpu0=4")
                .set("ret.nvmlDeviceGetMemoryInfo.gpu0=4");
        try (Rig rig = new Rig(driver)) {
            GpuReading gpu = rig.pollOne();
            assertThat(gpu.value(UTILIZATION_RATIO)).isEmpty();
            assertThat(gpu.whyAbsent(MEMORY_TOTAL_BYTES)).hasValue("no permission");
            assertThat(gpu.value(TEMPERATURE_CELSIUS)).hasValue(35);
            assertThat(gpu.migInstances()).extracting(MigInstance::uuid).containsExactly("MIG-1", "MIG-4");
            assertThat(gpu.migInstances()).extracting(MigInstance::gpuInstance).containsExactly(3, 5);
            assertThat(gpu.health().state()).isEqualTo(HealthState.OK);

            driver.remove("ret.nvmlDeviceGetMemoryInfo");
            MigInstance part = rig.at(1).pollOne().migInstances().get(0);
            assertThat(part.value(MEMORY_OCCUPIED_BYTES)).hasValue(250);
            assertThat(part.value(MEMORY_OCCUPIED_RATIO)).hasValue(0.25);
            assertThat(part.multiprocessors()).isEqualTo(16);
        }
    }

    @Test
    void aGpuThatMayNotBeOpenedDoesNotHideTheOthers() {
        FakeDriver driver = FakeDriver.create(FakeDriver.Build.NEW)
                .set("count=2", "ret.nvmlDeviceGetHandleByIndex_v2.gpu0=4")
                .gpu(0)
                .gpu(1);
        try (Rig rig = new Rig(driver)) {
            List<GpuReading> gpus = rig.poll().gpus();
            assertThat(gpus).hasSize(2);
            assertThat(gpus.get(0).answering()).isFalse();
            assertThat(Rig.rules(gpus.get(0))).containsExactly(HealthRule.FORBIDDEN);
            assertThat(gpus.get(1).identity().uuid()).isEqualTo("GPU-00000001");
            assertThat(gpus.get(1).health()).isEqualTo(GpuHealth.GOOD);
            rig.at(60).poll();
            assertThat(driver.count("nvmlInitWithFlags")).isOne();
        }
    }

    @Test
    void aProcessListThatGrowsMeanwhileIsAskedForAnew() {
        FakeDriver driver = FakeDriver.oneGpu();
        for (int i = 0; i < 64; i++) {
            driver.set("gpu0.proc." + i + "=" + (1000 + i) + ",18446744073709551615,4294967295,4294967295");
        }
        try (Rig rig = new Rig(driver)) {
            List<GpuProcess> processes = rig.pollOne().processes();
            assertThat(processes).hasSize(64);
            assertThat(processes.get(0).usedBytes()).isEmpty();
            assertThat(processes.get(0).gpuInstance()).isEmpty();
        }
    }

    @Test
    void initialisesOnceForManyPolls() {
        try (Rig rig = new Rig(FakeDriver.oneGpu())) {
            rig.poll();
            rig.pollUntil(10);
            assertThat(rig.driver.count("nvmlInitWithFlags")).isOne();
            assertThat(rig.driver.count("nvmlDeviceGetFieldValues")).isLessThanOrEqualTo(22);
        }
    }

    @Test
    void metricsSayTheirUnit() {
        for (GpuMetric metric : GpuMetric.values()) {
            String unit = metric.kind().unit();
            assertThat(metric.name())
                    .as(metric + " in " + unit)
                    .matches(
                            switch (unit) {
                                case "By" -> ".*_BYTES";
                                case "By/s" -> ".*_BYTES_PER_SECOND";
                                case "W" -> ".*_WATTS";
                                case "J" -> ".*_JOULES";
                                case "Cel" -> ".*_CELSIUS";
                                case "s" -> ".*_SECONDS";
                                case "MHz" -> ".*_MEGAHERTZ";
                                case "rpm" -> ".*_RPM";
                                default -> metric.kind() == Kind.RATIO ? ".*_RATIO" : ".*";
                            });
        }
    }
}
