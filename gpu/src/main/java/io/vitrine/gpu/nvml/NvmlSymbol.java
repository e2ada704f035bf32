package io.vitrine.gpu.nvml;

/**
 * The functions of NVML that are used here, by the name the library exports: in NVIDIA's header the short name is a macro for the
 * versioned one. None is taken for granted: one that a driver's library lacks answers {@link NvmlReturn#FUNCTION_NOT_FOUND}.
 */
public enum NvmlSymbol {
    INIT("nvmlInitWithFlags"),
    SHUTDOWN("nvmlShutdown"),
    DRIVER_VERSION("nvmlSystemGetDriverVersion"),
    NVML_VERSION("nvmlSystemGetNVMLVersion"),
    CUDA_VERSION("nvmlSystemGetCudaDriverVersion_v2"),
    PROCESS_NAME("nvmlSystemGetProcessName"),
    COUNT("nvmlDeviceGetCount_v2"),
    HANDLE_BY_INDEX("nvmlDeviceGetHandleByIndex_v2"),

    NAME("nvmlDeviceGetName"),
    UUID("nvmlDeviceGetUUID"),
    SERIAL("nvmlDeviceGetSerial"),
    VBIOS_VERSION("nvmlDeviceGetVbiosVersion"),
    MINOR_NUMBER("nvmlDeviceGetMinorNumber"),
    PCI_INFO("nvmlDeviceGetPciInfo_v3"),
    ARCHITECTURE("nvmlDeviceGetArchitecture"),
    COMPUTE_CAPABILITY("nvmlDeviceGetCudaComputeCapability"),
    PERSISTENCE_MODE("nvmlDeviceGetPersistenceMode"),

    MIG_MODE("nvmlDeviceGetMigMode"),
    MAX_MIG_COUNT("nvmlDeviceGetMaxMigDeviceCount"),
    MIG_HANDLE_BY_INDEX("nvmlDeviceGetMigDeviceHandleByIndex"),
    GPU_INSTANCE_ID("nvmlDeviceGetGpuInstanceId"),
    COMPUTE_INSTANCE_ID("nvmlDeviceGetComputeInstanceId"),
    ATTRIBUTES("nvmlDeviceGetAttributes_v2"),

    UTILIZATION("nvmlDeviceGetUtilizationRates"),
    ENCODER_UTILIZATION("nvmlDeviceGetEncoderUtilization"),
    DECODER_UTILIZATION("nvmlDeviceGetDecoderUtilization"),
    JPG_UTILIZATION("nvmlDeviceGetJpgUtilization"),
    OFA_UTILIZATION("nvmlDeviceGetOfaUtilization"),
    MEMORY_V2("nvmlDeviceGetMemoryInfo_v2"),
    MEMORY("nvmlDeviceGetMemoryInfo"),
    BAR1_MEMORY("nvmlDeviceGetBAR1MemoryInfo"),

    POWER_USAGE("nvmlDeviceGetPowerUsage"),
    ENFORCED_POWER_LIMIT("nvmlDeviceGetEnforcedPowerLimit"),
    DEFAULT_POWER_LIMIT("nvmlDeviceGetPowerManagementDefaultLimit"),
    POWER_LIMIT_CONSTRAINTS("nvmlDeviceGetPowerManagementLimitConstraints"),
    TOTAL_ENERGY("nvmlDeviceGetTotalEnergyConsumption"),
    TEMPERATURE_V("nvmlDeviceGetTemperatureV"),
    TEMPERATURE("nvmlDeviceGetTemperature"),
    TEMPERATURE_THRESHOLD("nvmlDeviceGetTemperatureThreshold"),
    MARGIN_TEMPERATURE("nvmlDeviceGetMarginTemperature"),
    FAN_COUNT("nvmlDeviceGetNumFans"),
    FAN_SPEED("nvmlDeviceGetFanSpeed_v2"),
    FAN_RPM("nvmlDeviceGetFanSpeedRPM"),

    CLOCK("nvmlDeviceGetClockInfo"),
    MAX_CLOCK("nvmlDeviceGetMaxClockInfo"),
    PERFORMANCE_STATE("nvmlDeviceGetPerformanceState"),
    CLOCKS_EVENT_REASONS("nvmlDeviceGetCurrentClocksEventReasons"),
    CLOCKS_THROTTLE_REASONS("nvmlDeviceGetCurrentClocksThrottleReasons"),

    ECC_MODE("nvmlDeviceGetEccMode"),
    ECC_TOTAL("nvmlDeviceGetTotalEccErrors"),
    SRAM_ECC_STATUS("nvmlDeviceGetSramEccErrorStatus"),
    REMAPPED_ROWS("nvmlDeviceGetRemappedRows"),
    ROW_REMAPPER_HISTOGRAM("nvmlDeviceGetRowRemapperHistogram"),
    UNREPAIRABLE_MEMORY("nvmlDeviceGetUnrepairableMemoryFlag_v1"),

    PCIE_THROUGHPUT("nvmlDeviceGetPcieThroughput"),
    PCIE_REPLAYS("nvmlDeviceGetPcieReplayCounter"),
    PCIE_GENERATION("nvmlDeviceGetCurrPcieLinkGeneration"),
    PCIE_MAX_GENERATION("nvmlDeviceGetMaxPcieLinkGeneration"),
    PCIE_WIDTH("nvmlDeviceGetCurrPcieLinkWidth"),
    PCIE_MAX_WIDTH("nvmlDeviceGetMaxPcieLinkWidth"),

    COMPUTE_PROCESSES_V3("nvmlDeviceGetComputeRunningProcesses_v3"),
    COMPUTE_PROCESSES_V2("nvmlDeviceGetComputeRunningProcesses_v2"),
    GRAPHICS_PROCESSES_V3("nvmlDeviceGetGraphicsRunningProcesses_v3"),
    GRAPHICS_PROCESSES_V2("nvmlDeviceGetGraphicsRunningProcesses_v2"),
    MPS_PROCESSES_V3("nvmlDeviceGetMPSComputeRunningProcesses_v3"),
    MPS_PROCESSES_V2("nvmlDeviceGetMPSComputeRunningProcesses_v2"),
    FIELD_VALUES("nvmlDeviceGetFieldValues"),

    SUPPORTED_EVENTS("nvmlDeviceGetSupportedEventTypes"),
    REGISTER_EVENTS("nvmlDeviceRegisterEvents"),
    EVENT_SET_CREATE("nvmlEventSetCreate"),
    EVENT_SET_WAIT("nvmlEventSetWait_v2"),
    EVENT_SET_FREE("nvmlEventSetFree"),

    GPM_SUPPORT("nvmlGpmQueryDeviceSupport"),
    GPM_ALLOCATE("nvmlGpmSampleAlloc"),
    GPM_FREE("nvmlGpmSampleFree"),
    GPM_SAMPLE("nvmlGpmSampleGet"),
    GPM_METRICS("nvmlGpmMetricsGet");

    private final String exported;

    NvmlSymbol(String exported) {
        this.exported = exported;
    }

    /** The name in the library. */
    public String exported() {
        return exported;
    }
}
