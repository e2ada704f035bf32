"""Prints what nvidia-ml-py (pinned: 13.615.71) reads through NVML, one `"key": "value"` a line, sorted; `ret:N` where a call failed.

The Java binding prints the same lines (NvmlDump in the tests); NvmlDifferentialIT compares them. On a machine with a GPU, run both
without a fake: whatever stands still between the two must be equal.
"""
import ctypes
import json
import sys

import pynvml as nv

out = {}


def put(key, call, *parts):
    """The call's value, or its numbered parts, as text."""
    try:
        value = call()
    except nv.NVMLError as error:
        out[key] = "ret:%d" % error.value
        return None
    if parts:
        for part in parts:
            out[key + "." + part] = text(getattr(value, part))
    elif isinstance(value, (tuple, list)):
        for i, one in enumerate(value):
            out["%s.%d" % (key, i)] = text(one)
    else:
        out[key] = text(value)
    return value


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def field(key, value):
    if value.nvmlReturn != 0:
        out[key] = "ret:%d" % value.nvmlReturn
        return
    kinds = ["dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal"]
    number = getattr(value.value, kinds[value.valueType])
    # A double by its bits: two languages print it differently.
    if value.valueType == 0:
        number = ctypes.c_longlong.from_buffer(ctypes.c_double(number)).value
    out[key] = "%d:%d" % (value.valueType, number)


def processes(key, call):
    try:
        listed = call()
    except nv.NVMLError as error:
        out[key] = "ret:%d" % error.value
        return
    out[key] = " ".join("%d,%s,%d,%d" % (p.pid, p.usedGpuMemory, p.gpuInstanceId, p.computeInstanceId) for p in listed)


def sram(handle):
    status = nv.c_nvmlEccSramErrorStatus_v1_t()
    status.version = nv.nvmlEccSramErrorStatus_v1
    nv.nvmlDeviceGetSramEccErrorStatus(handle, ctypes.byref(status))
    return [status.volatileUncSecDed, status.volatileCor, status.bThresholdExceeded]


def rpm(handle, fan):
    info = nv.c_nvmlFanSpeedInfo_t()
    info.fan = fan
    info.version = nv.nvmlFanSpeedInfo_v1
    nv._nvmlCheckReturn(nv._nvmlGetFunctionPointer("nvmlDeviceGetFanSpeedRPM")(handle, ctypes.byref(info)))
    return info.speed


def gpm(key, handle, ids):
    try:
        if not nv.nvmlGpmQueryDeviceSupport(handle).isSupportedDevice:
            out[key] = "ret:3"
            return
    except nv.NVMLError as error:
        out[key] = "ret:%d" % error.value
        return
    samples = [nv.nvmlGpmSampleAlloc(), nv.nvmlGpmSampleAlloc()]
    for sample in samples:
        nv.nvmlGpmSampleGet(handle, sample)
    ask = nv.c_nvmlGpmMetricsGet_t()
    ask.version = 1
    ask.numMetrics = len(ids)
    ask.sample1, ask.sample2 = samples
    for i, one in enumerate(ids):
        ask.metrics[i].metricId = one
    nv.nvmlGpmMetricsGet(ask)
    for i, one in enumerate(ids):
        metric = ask.metrics[i]
        value = ctypes.c_longlong.from_buffer(ctypes.c_double(metric.value)).value
        out["%s.%d" % (key, one)] = str(value) if metric.nvmlReturn == 0 else "absent"


def memory(g, h):
    put(g + "memory", lambda: nv.nvmlDeviceGetMemoryInfo(h, nv.nvmlMemory_v2), "total", "reserved", "free", "used")
    put(g + "memoryOld", lambda: nv.nvmlDeviceGetMemoryInfo(h), "total", "free", "used")
    put(g + "attributes", lambda: nv.nvmlDeviceGetAttributes_v2(h), "multiprocessorCount", "gpuInstanceSliceCount",
        "computeInstanceSliceCount", "memorySizeMB")


def gpu(index, fields, profiling):
    g = "gpu%d." % index
    try:
        h = nv.nvmlDeviceGetHandleByIndex(index)
    except nv.NVMLError as error:
        out[g + "handle"] = "ret:%d" % error.value
        return
    put(g + "name", lambda: nv.nvmlDeviceGetName(h))
    put(g + "uuid", lambda: nv.nvmlDeviceGetUUID(h))
    put(g + "serial", lambda: nv.nvmlDeviceGetSerial(h))
    put(g + "vbios", lambda: nv.nvmlDeviceGetVbiosVersion(h))
    put(g + "minor", lambda: nv.nvmlDeviceGetMinorNumber(h))
    put(g + "pci", lambda: nv.nvmlDeviceGetPciInfo_v3(h).busId)
    put(g + "architecture", lambda: nv.nvmlDeviceGetArchitecture(h))
    put(g + "persistence", lambda: nv.nvmlDeviceGetPersistenceMode(h))
    put(g + "migMode", lambda: nv.nvmlDeviceGetMigMode(h))
    put(g + "migMax", lambda: nv.nvmlDeviceGetMaxMigDeviceCount(h))
    put(g + "utilization", lambda: nv.nvmlDeviceGetUtilizationRates(h), "gpu", "memory")
    put(g + "encoder", lambda: nv.nvmlDeviceGetEncoderUtilization(h))
    put(g + "decoder", lambda: nv.nvmlDeviceGetDecoderUtilization(h))
    put(g + "jpg", lambda: nv.nvmlDeviceGetJpgUtilization(h))
    put(g + "ofa", lambda: nv.nvmlDeviceGetOfaUtilization(h))
    memory(g, h)
    put(g + "bar1", lambda: nv.nvmlDeviceGetBAR1MemoryInfo(h), "bar1Total", "bar1Free", "bar1Used")
    put(g + "power", lambda: nv.nvmlDeviceGetPowerUsage(h))
    put(g + "powerLimit", lambda: nv.nvmlDeviceGetEnforcedPowerLimit(h))
    put(g + "powerDefault", lambda: nv.nvmlDeviceGetPowerManagementDefaultLimit(h))
    put(g + "powerConstraints", lambda: nv.nvmlDeviceGetPowerManagementLimitConstraints(h))
    put(g + "energy", lambda: nv.nvmlDeviceGetTotalEnergyConsumption(h))
    for sensor in (0, 1):
        put(g + "temperature%d" % sensor, lambda: nv.nvmlDeviceGetTemperatureV1(h, sensor))
        put(g + "temperatureOld%d" % sensor, lambda: nv.nvmlDeviceGetTemperature(h, sensor))
    for threshold in range(4):
        put(g + "threshold%d" % threshold, lambda: nv.nvmlDeviceGetTemperatureThreshold(h, threshold))
    put(g + "margin", lambda: nv.nvmlDeviceGetMarginTemperature(h))
    put(g + "fans", lambda: nv.nvmlDeviceGetNumFans(h))
    for fan in (0, 1):
        put(g + "fan%d" % fan, lambda: nv.nvmlDeviceGetFanSpeed_v2(h, fan))
        put(g + "rpm%d" % fan, lambda: rpm(h, fan))
    for clock in range(4):
        put(g + "clock%d" % clock, lambda: nv.nvmlDeviceGetClockInfo(h, clock))
        put(g + "clockMax%d" % clock, lambda: nv.nvmlDeviceGetMaxClockInfo(h, clock))
    put(g + "pstate", lambda: nv.nvmlDeviceGetPerformanceState(h))
    put(g + "eventReasons", lambda: nv.nvmlDeviceGetCurrentClocksEventReasons(h))
    put(g + "throttleReasons", lambda: nv.nvmlDeviceGetCurrentClocksThrottleReasons(h))
    put(g + "eccMode", lambda: nv.nvmlDeviceGetEccMode(h))
    for kind in (0, 1):
        for counter in (0, 1):
            put(g + "ecc%d%d" % (kind, counter), lambda: nv.nvmlDeviceGetTotalEccErrors(h, kind, counter))
    put(g + "sram", lambda: sram(h))
    put(g + "remapped", lambda: nv.nvmlDeviceGetRemappedRows(h))
    put(g + "banks", lambda: nv.nvmlDeviceGetRowRemapperHistogram(h), "max", "high", "partial", "low", "none")
    # Not the unrepairable-memory flag: header and Python binding of NVIDIA disagree on its struct.
    for way in (0, 1):
        put(g + "pcie%d" % way, lambda: nv.nvmlDeviceGetPcieThroughput(h, way))
    put(g + "replays", lambda: nv.nvmlDeviceGetPcieReplayCounter(h))
    put(g + "pcieGeneration", lambda: nv.nvmlDeviceGetCurrPcieLinkGeneration(h))
    put(g + "pcieWidth", lambda: nv.nvmlDeviceGetCurrPcieLinkWidth(h))
    put(g + "events", lambda: nv.nvmlDeviceGetSupportedEventTypes(h))
    processes(g + "compute", lambda: nv.nvmlDeviceGetComputeRunningProcesses_v3(h))
    processes(g + "graphics", lambda: nv.nvmlDeviceGetGraphicsRunningProcesses_v3(h))
    processes(g + "mps", lambda: nv.nvmlDeviceGetMPSComputeRunningProcesses_v3(h))
    try:
        values = nv.nvmlDeviceGetFieldValues(h, fields)
        for asked, value in zip(fields, values):
            field(g + "field%d.%d" % asked, value)
    except nv.NVMLError as error:
        for asked in fields:
            out[g + "field%d.%d" % asked] = "ret:%d" % error.value
    gpm(g + "gpm", h, profiling)
    for slot in range(3):
        m = g + "mig%d." % slot
        try:
            part = nv.nvmlDeviceGetMigDeviceHandleByIndex(h, slot)
        except nv.NVMLError as error:
            out[m + "handle"] = "ret:%d" % error.value
            continue
        put(m + "uuid", lambda: nv.nvmlDeviceGetUUID(part))
        put(m + "gi", lambda: nv.nvmlDeviceGetGpuInstanceId(part))
        put(m + "ci", lambda: nv.nvmlDeviceGetComputeInstanceId(part))
        memory(m, part)


def main():
    """Arguments: the fields as id:scope,id:scope and the profiling ids as id,id."""
    fields = [tuple(int(n) for n in one.split(":")) for one in sys.argv[1].split(",")]
    profiling = [int(n) for n in sys.argv[2].split(",")]
    try:
        nv.nvmlInit()
    except nv.NVMLError as error:
        out["init"] = "ret:%d" % error.value
    else:
        put("driver", nv.nvmlSystemGetDriverVersion)
        put("nvml", nv.nvmlSystemGetNVMLVersion)
        put("cuda", nv.nvmlSystemGetCudaDriverVersion_v2)
        put("process", lambda: nv.nvmlSystemGetProcessName(4242))
        count = put("count", nv.nvmlDeviceGetCount)
        for index in range(count or 0):
            gpu(index, fields, profiling)
        nv.nvmlShutdown()
    for key in sorted(out):
        print("%s: %s" % (json.dumps(key), json.dumps(out[key], ensure_ascii=False)))


main()
