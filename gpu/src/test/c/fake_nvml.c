/*
 * A libnvidia-ml.so.1 that says what a text file tells it to.
 *
 * The state file is replaced as a whole (write beside it, rename); every call looks whether it changed. Lines:
 *
 *   count=2                          one key, one value; a key that is missing means NOT_SUPPORTED
 *   gpu0.temp=71                     key of one GPU; gpu0.mig1.… of a MIG device on it
 *   gpu0.fv.82=1:71                  field value: type (as nvmlValueType_t) and value; gpu0.fv.140.3 has scope 3
 *   gpu0.power=ret:4                 the call answers code 4
 *   @12.5 gpu0.temp=86               the same from second 12.5 of the timeline on; the last line that applies wins
 *   @20..30 gpu0.mem.used=lerp(0,9)  a straight line between two values, then the last
 *   @40 event gpu0 xid=79            an event; or type=2 data=0 gi=1 ci=0
 *   epoch_ns=…                       CLOCK_REALTIME of second 0;  freeze_at=17  holds the timeline at second 17
 *   ret.SYMBOL[.gpu0]=999            every call of a symbol fails; after_calls.SYMBOL=3 only from the third call on
 *   ret.gpu0=15                      every call about a GPU fails, its handle look-up too
 *   delay_ms.SYMBOL=3000             hang.SYMBOL=1: does not return until the line is gone
 *   generation=2                     a new number is a reset: library, handles and event sets of before are void
 *
 * Where the files are: fakeNvmlUse(state, log), or else the environment (FAKE_NVML_STATE, FAKE_NVML_LOG).
 * Each call writes "nanos > symbol gpu" when it comes and "nanos < symbol gpu code" when it goes to the log.
 *
 * Build: gcc -shared -fPIC -fvisibility=hidden -Wl,-soname,libnvidia-ml.so.1 -o libnvidia-ml.so.1 fake_nvml.c -lpthread
 *   -DOLD_DRIVER    leaves the newer symbols out
 *   -DNVML_HEADER   includes NVIDIA's <nvml.h>: the compiler then holds every signature to the official prototypes
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef NVML_HEADER
#define NVML_NO_UNVERSIONED_FUNC_DEFS
#include <nvml.h>
#else
typedef unsigned int nvmlReturn_t, nvmlEnableState_t, nvmlPstates_t, nvmlClockType_t, nvmlTemperatureSensors_t;
typedef unsigned int nvmlTemperatureThresholds_t, nvmlMemoryErrorType_t, nvmlEccCounterType_t, nvmlPcieUtilCounter_t;
typedef unsigned int nvmlDeviceArchitecture_t, nvmlValueType_t;
typedef struct nvmlDevice_st *nvmlDevice_t;
typedef struct nvmlEventSet_st *nvmlEventSet_t;
typedef struct nvmlGpmSample_st *nvmlGpmSample_t;
typedef struct {
    char busIdLegacy[16];
    unsigned int domain, bus, device, pciDeviceId, pciSubSystemId;
    char busId[32];
} nvmlPciInfo_t;
typedef struct { unsigned int gpu, memory; } nvmlUtilization_t;
typedef struct { unsigned long long total, free, used; } nvmlMemory_t;
typedef struct { unsigned long long bar1Total, bar1Free, bar1Used; } nvmlBAR1Memory_t;
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } nvmlMemory_v2_t;
typedef struct { unsigned int version; nvmlTemperatureSensors_t sensorType; int temperature; } nvmlTemperature_t;
typedef struct { unsigned int version; int marginTemperature; } nvmlMarginTemperature_t;
typedef struct { unsigned int version, fan, speed; } nvmlFanSpeedInfo_t;
typedef struct {
    unsigned int pid;
    unsigned long long usedGpuMemory;
    unsigned int gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;
typedef nvmlProcessInfo_t nvmlProcessInfo_v2_t;
typedef struct {
    nvmlDevice_t device;
    unsigned long long eventType, eventData;
    unsigned int gpuInstanceId, computeInstanceId;
} nvmlEventData_t;
typedef union {
    double dVal;
    int siVal;
    unsigned int uiVal;
    unsigned long ulVal;
    unsigned long long ullVal;
    signed long long sllVal;
    unsigned short usVal;
} nvmlValue_t;
typedef struct {
    unsigned int fieldId, scopeId;
    long long timestamp, latencyUsec;
    nvmlValueType_t valueType;
    nvmlReturn_t nvmlReturn;
    nvmlValue_t value;
} nvmlFieldValue_t;
typedef struct {
    unsigned int version;
    unsigned long long aggregateUncParity, aggregateUncSecDed, aggregateCor, volatileUncParity, volatileUncSecDed,
            volatileCor, aggregateUncBucketL2, aggregateUncBucketSm, aggregateUncBucketPcie, aggregateUncBucketMcu,
            aggregateUncBucketOther;
    unsigned int bThresholdExceeded;
} nvmlEccSramErrorStatus_t;
typedef struct { unsigned int bUnrepairableMemory; } nvmlUnrepairableMemoryStatus_v1_t;
typedef struct { unsigned int max, high, partial, low, none; } nvmlRowRemapperHistogramValues_t;
typedef struct {
    unsigned int multiprocessorCount, sharedCopyEngineCount, sharedDecoderCount, sharedEncoderCount, sharedJpegCount,
            sharedOfaCount, gpuInstanceSliceCount, computeInstanceSliceCount;
    unsigned long long memorySizeMB;
} nvmlDeviceAttributes_t;
typedef struct { unsigned int version, isSupportedDevice; } nvmlGpmSupport_t;
typedef struct {
    unsigned int metricId;
    nvmlReturn_t nvmlReturn;
    double value;
    struct { char *shortName, *longName, *unit; } metricInfo;
} nvmlGpmMetric_t;
typedef struct {
    unsigned int version, numMetrics;
    nvmlGpmSample_t sample1, sample2;
    nvmlGpmMetric_t metrics[477];
} nvmlGpmMetricsGet_t;
#endif

_Static_assert(sizeof(nvmlPciInfo_t) == 68, "PciInfo");
_Static_assert(sizeof(nvmlMemory_v2_t) == 40, "Memory_v2");
_Static_assert(sizeof(nvmlTemperature_t) == 12, "Temperature");
_Static_assert(sizeof(nvmlMarginTemperature_t) == 8, "MarginTemperature");
_Static_assert(sizeof(nvmlFanSpeedInfo_t) == 12, "FanSpeedInfo");
_Static_assert(sizeof(nvmlProcessInfo_t) == 24, "ProcessInfo");
_Static_assert(sizeof(nvmlEventData_t) == 32, "EventData");
_Static_assert(sizeof(nvmlFieldValue_t) == 40 && offsetof(nvmlFieldValue_t, value) == 32, "FieldValue");
_Static_assert(sizeof(nvmlEccSramErrorStatus_t) == 104, "EccSramErrorStatus");
_Static_assert(sizeof(nvmlDeviceAttributes_t) == 40, "DeviceAttributes");
_Static_assert(sizeof(nvmlGpmMetric_t) == 40 && offsetof(nvmlGpmMetricsGet_t, metrics) == 24, "GpmMetricsGet");

#define API __attribute__((visibility("default")))
enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, TIMEOUT = 10, LOST = 15,
       VERSION_MISMATCH = 25 };

/* ---- the state file ---- */

struct line { double from, to; char key[96]; char value[224]; };
struct event { double at; int gpu; unsigned long long type, data; unsigned int gi, ci; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char state_path[4096], log_path[4096];
static struct timespec state_time;
static ino_t state_inode;
static off_t state_size;
static struct line *lines;
static int line_count;
static struct event *events;
static int event_count;

static void parse_event(double at, char *text) {
    struct event e = {.at = at, .gi = 0xFFFFFFFFu, .ci = 0xFFFFFFFFu};
    for (char *save, *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        if (sscanf(word, "gpu%d", &e.gpu) == 1) continue;
        if (!strncmp(word, "xid=", 4)) { e.type = 8; e.data = strtoull(word + 4, NULL, 0); }
        if (!strncmp(word, "type=", 5)) e.type = strtoull(word + 5, NULL, 0);
        if (!strncmp(word, "data=", 5)) e.data = strtoull(word + 5, NULL, 0);
        if (!strncmp(word, "gi=", 3)) e.gi = (unsigned int) strtoul(word + 3, NULL, 0);
        if (!strncmp(word, "ci=", 3)) e.ci = (unsigned int) strtoul(word + 3, NULL, 0);
    }
    events = realloc(events, sizeof *events * (size_t) (event_count + 1));
    events[event_count++] = e;
}

static void parse_line(char *text) {
    struct line l = {.from = -1, .to = -1};
    if (*text == '@') {
        char *end = text + strcspn(text, " "), *range = strstr(text, "..");
        if (range && range < end) *range = 0; /* or strtod would take the first dot for its own */
        l.from = l.to = strtod(text + 1, NULL);
        if (range && range < end) l.to = strtod(range + 2, NULL);
        text = end + strspn(end, " ");
        if (!strncmp(text, "event ", 6)) { parse_event(l.from, text + 6); return; }
    }
    char *equals = strchr(text, '=');
    if (!equals || *text == '#') return;
    *equals = 0;
    snprintf(l.key, sizeof l.key, "%.95s", text);
    snprintf(l.value, sizeof l.value, "%.223s", equals + 1);
    lines = realloc(lines, sizeof *lines * (size_t) (line_count + 1));
    lines[line_count++] = l;
}

static void reload(void) {
    const char *path = *state_path ? state_path : getenv("FAKE_NVML_STATE");
    struct stat st;
    if (!path || stat(path, &st)) return;
    if (st.st_ino == state_inode && st.st_size == state_size && !memcmp(&st.st_mtim, &state_time, sizeof state_time)) return;
    FILE *file = fopen(path, "r");
    if (!file) return;
    state_inode = st.st_ino;
    state_size = st.st_size;
    state_time = st.st_mtim;
    line_count = event_count = 0;
    char text[512];
    while (fgets(text, sizeof text, file)) {
        text[strcspn(text, "\r\n")] = 0;
        parse_line(text);
    }
    fclose(file);
}

static unsigned long long nanos(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (unsigned long long) t.tv_sec * 1000000000ull + (unsigned long long) t.tv_nsec;
}

static const char *untimed(const char *key) {
    for (int i = line_count - 1; i >= 0; i--)
        if (lines[i].from < 0 && !strcmp(lines[i].key, key)) return lines[i].value;
    return NULL;
}

static double now(void) {
    const char *frozen = untimed("freeze_at"), *epoch = untimed("epoch_ns");
    if (frozen) return strtod(frozen, NULL);
    return epoch ? (double) (long long) (nanos(CLOCK_REALTIME) - strtoull(epoch, NULL, 10)) / 1e9 : 0;
}

/* The text of a key at this instant, or NULL. */
static const char *look_up(const char *key) {
    static char text[64];
    double t = now();
    for (int i = line_count - 1; i >= 0; i--) {
        struct line *l = &lines[i];
        double a, b;
        if (strcmp(l->key, key) || l->from > t) continue;
        if (sscanf(l->value, "lerp(%lf,%lf)", &a, &b) != 2) return l->value;
        double done = l->to > l->from && t < l->to ? (t - l->from) / (l->to - l->from) : 1;
        snprintf(text, sizeof text, "%.0f", a + (b - a) * done);
        return text;
    }
    return NULL;
}

__attribute__((format(printf, 1, 2))) static const char *get(const char *format, ...) {
    char key[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(key, sizeof key, format, arguments);
    va_end(arguments);
    return look_up(key);
}

static unsigned long long number(const char *text) {
    return *text == '-' ? (unsigned long long) strtoll(text, NULL, 0) : strtoull(text, NULL, 0);
}

static unsigned long long number_or(const char *text, unsigned long long otherwise) {
    return text ? number(text) : otherwise;
}

static int is_return(const char *text, int *code) { return sscanf(text, "ret:%d", code) == 1; }

/* ---- handles, calls ---- */

struct nvmlDevice_st { int gpu, mig; unsigned long long generation; char prefix[32]; };
struct nvmlEventSet_st { int cursor; unsigned long long generation, gpus, mask; };
struct nvmlGpmSample_st { double at; char prefix[32]; };

static int init_count;
static struct nvmlDevice_st devices[256];
static int device_count;
struct calls { char symbol[64]; unsigned long long count; };
static struct calls calls[160];

static unsigned long long generation(void) { return number_or(look_up("generation"), 1); }
static unsigned long long init_generation;

static struct nvmlDevice_st *device_for(int gpu, int mig) {
    for (int i = 0; i < device_count; i++)
        if (devices[i].gpu == gpu && devices[i].mig == mig && devices[i].generation == generation()) return &devices[i];
    if (device_count == 256) abort();
    struct nvmlDevice_st *d = &devices[device_count++];
    *d = (struct nvmlDevice_st) {.gpu = gpu, .mig = mig, .generation = generation()};
    if (mig < 0) snprintf(d->prefix, sizeof d->prefix, "gpu%d", gpu);
    else snprintf(d->prefix, sizeof d->prefix, "gpu%d.mig%d", gpu, mig);
    return d;
}

static unsigned long long count_call(const char *symbol) {
    int i = 0;
    while (*calls[i].symbol && strcmp(calls[i].symbol, symbol)) i++;
    snprintf(calls[i].symbol, sizeof calls[i].symbol, "%s", symbol);
    return ++calls[i].count;
}

static void note(const char *symbol, int gpu, char way, int code) {
    const char *path = *log_path ? log_path : getenv("FAKE_NVML_LOG");
    if (!path) return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (file < 0) return;
    dprintf(file, way == '>' ? "%llu > %s %d\n" : "%llu < %s %d %d\n", nanos(CLOCK_MONOTONIC), symbol, gpu, code);
    close(file);
}

static int leave(const char *symbol, int gpu, int code) {
    note(symbol, gpu, '<', code);
    pthread_mutex_unlock(&lock);
    return code;
}

static void rest(unsigned int millis) {
    pthread_mutex_unlock(&lock);
    usleep(millis * 1000);
    pthread_mutex_lock(&lock);
    reload();
}

/* Takes the lock; the code that the script asks for, or OK. */
static int enter(const char *symbol, int gpu) {
    pthread_mutex_lock(&lock);
    reload();
    note(symbol, gpu, '>', 0);
    unsigned long long nth = count_call(symbol);
    if (get("delay_ms.%s", symbol)) rest((unsigned int) number(get("delay_ms.%s", symbol)));
    while (get("hang.%s", symbol)) rest(2);
    const char *code = get("ret.%s.gpu%d", symbol, gpu);
    if (!code) code = get("ret.%s", symbol);
    if (code && nth >= number_or(get("after_calls.%s", symbol), 0)) return (int) number(code);
    if (!strncmp(symbol, "nvmlInit", 8)) return OK;
    if (!init_count || init_generation != generation()) return UNINITIALIZED;
    code = gpu >= 0 ? get("ret.gpu%d", gpu) : NULL;
    return code ? (int) number(code) : OK;
}

static int enter_device(const char *symbol, nvmlDevice_t device) {
    int known = device >= devices && device < devices + device_count;
    int code = enter(symbol, known ? device->gpu : -1);
    if (code == OK && (!known || device->generation != generation())) return INVALID;
    return code;
}

#define DEVICE_CALL(symbol) \
    int code = enter_device(symbol, device); \
    const char *p = code == OK ? device->prefix : ""; \
    const char *text = NULL; \
    int gpu = code == OK ? device->gpu : -1; \
    (void) p; (void) text;
#define LEAVE(symbol) return (nvmlReturn_t) leave(symbol, gpu, code)

/* Takes a value's text, or sets the code that stands in its place. */
static const char *value(const char *text, int *code) {
    if (!text) *code = NOT_SUPPORTED;
    else if (is_return(text, code)) return NULL;
    return text;
}

static int copy_text(const char *from, char *to, unsigned int length) {
    if (strlen(from) >= length) return TOO_SMALL;
    strcpy(to, from);
    return OK;
}

#define TEXT_OF(symbol, key) \
    API nvmlReturn_t symbol(nvmlDevice_t device, char *out, unsigned int length) { \
        DEVICE_CALL(#symbol) \
        if (code == OK && (text = value(get("%s." key, p), &code))) code = copy_text(text, out, length); \
        LEAVE(#symbol); \
    }
#define NUMBER_OF(symbol, type, key) \
    API nvmlReturn_t symbol(nvmlDevice_t device, type *out) { \
        DEVICE_CALL(#symbol) \
        if (code == OK && (text = value(get("%s." key, p), &code))) *out = (type) number(text); \
        LEAVE(#symbol); \
    }
#define NUMBER_BY(symbol, argument, type, key) \
    API nvmlReturn_t symbol(nvmlDevice_t device, argument which, type *out) { \
        DEVICE_CALL(#symbol) \
        if (code == OK && (text = value(get("%s." key ".%u", p, (unsigned int) which), &code))) *out = (type) number(text); \
        LEAVE(#symbol); \
    }
#define PAIR_OF(symbol, type, first, second) \
    API nvmlReturn_t symbol(nvmlDevice_t device, type *one, type *two) { \
        DEVICE_CALL(#symbol) \
        if (code == OK && (text = value(get("%s." first, p), &code))) { \
            *one = (type) number(text); \
            *two = (type) number_or(get("%s." second, p), 0); \
        } \
        LEAVE(#symbol); \
    }

/* ---- library and system ---- */

static void use(char *into, const char *path) { snprintf(into, 4096, "%s", path); }

API void fakeNvmlUse(const char *state, const char *log);
API void fakeNvmlUse(const char *state, const char *log) {
    pthread_mutex_lock(&lock);
    use(state_path, state);
    use(log_path, log);
    state_inode = 0;
    init_count = device_count = line_count = event_count = 0;
    memset(calls, 0, sizeof calls);
    pthread_mutex_unlock(&lock);
}

static nvmlReturn_t init(const char *symbol) {
    int code = enter(symbol, -1);
    if (code == OK) {
        if (init_generation != generation()) init_count = 0;
        init_count++;
        init_generation = generation();
    }
    return (nvmlReturn_t) leave(symbol, -1, code);
}

API nvmlReturn_t nvmlInit_v2(void) { return init("nvmlInit_v2"); }
API nvmlReturn_t nvmlInitWithFlags(unsigned int flags) { (void) flags; return init("nvmlInitWithFlags"); }

API nvmlReturn_t nvmlShutdown(void) {
    int code = enter("nvmlShutdown", -1);
    if (init_count > 0) init_count--;
    return (nvmlReturn_t) leave("nvmlShutdown", -1, code);
}

API const char *nvmlErrorString(nvmlReturn_t result) {
    static char text[32];
    snprintf(text, sizeof text, "fake error %u", (unsigned int) result);
    return text;
}

static nvmlReturn_t system_text(const char *symbol, const char *key, char *out, unsigned int length) {
    int code = enter(symbol, -1);
    const char *text = code == OK ? value(look_up(key), &code) : NULL;
    if (text) code = copy_text(text, out, length);
    return (nvmlReturn_t) leave(symbol, -1, code);
}

API nvmlReturn_t nvmlSystemGetDriverVersion(char *out, unsigned int length) {
    return system_text("nvmlSystemGetDriverVersion", "driver", out, length);
}
API nvmlReturn_t nvmlSystemGetNVMLVersion(char *out, unsigned int length) {
    return system_text("nvmlSystemGetNVMLVersion", "nvml", out, length);
}
API nvmlReturn_t nvmlSystemGetProcessName(unsigned int pid, char *out, unsigned int length) {
    char key[32];
    snprintf(key, sizeof key, "name.%u", pid);
    return system_text("nvmlSystemGetProcessName", key, out, length);
}
API nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *out) {
    int code = enter("nvmlSystemGetCudaDriverVersion_v2", -1);
    const char *text = code == OK ? value(look_up("cuda"), &code) : NULL;
    if (text) *out = (int) number(text);
    return (nvmlReturn_t) leave("nvmlSystemGetCudaDriverVersion_v2", -1, code);
}
API nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *out) {
    int code = enter("nvmlDeviceGetCount_v2", -1);
    if (code == OK) *out = (unsigned int) number_or(look_up("count"), 0);
    return (nvmlReturn_t) leave("nvmlDeviceGetCount_v2", -1, code);
}
API nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *out) {
    int code = enter("nvmlDeviceGetHandleByIndex_v2", (int) index);
    if (code == OK && index >= number_or(look_up("count"), 0)) code = INVALID;
    if (code == OK) *out = device_for((int) index, -1);
    return (nvmlReturn_t) leave("nvmlDeviceGetHandleByIndex_v2", (int) index, code);
}

/* ---- one device ---- */

TEXT_OF(nvmlDeviceGetName, "name")
TEXT_OF(nvmlDeviceGetUUID, "uuid")
TEXT_OF(nvmlDeviceGetSerial, "serial")
TEXT_OF(nvmlDeviceGetVbiosVersion, "vbios")
NUMBER_OF(nvmlDeviceGetMinorNumber, unsigned int, "minor")
NUMBER_OF(nvmlDeviceGetArchitecture, nvmlDeviceArchitecture_t, "arch")
NUMBER_OF(nvmlDeviceGetPersistenceMode, nvmlEnableState_t, "persistence")
PAIR_OF(nvmlDeviceGetCudaComputeCapability, int, "cc.major", "cc.minor")
PAIR_OF(nvmlDeviceGetMigMode, unsigned int, "mig.mode", "mig.pending")
NUMBER_OF(nvmlDeviceGetMaxMigDeviceCount, unsigned int, "mig.max")
NUMBER_OF(nvmlDeviceGetGpuInstanceId, unsigned int, "gi")
NUMBER_OF(nvmlDeviceGetComputeInstanceId, unsigned int, "ci")
PAIR_OF(nvmlDeviceGetEncoderUtilization, unsigned int, "enc", "enc.period")
PAIR_OF(nvmlDeviceGetDecoderUtilization, unsigned int, "dec", "dec.period")
PAIR_OF(nvmlDeviceGetJpgUtilization, unsigned int, "jpg", "jpg.period")
PAIR_OF(nvmlDeviceGetOfaUtilization, unsigned int, "ofa", "ofa.period")
NUMBER_OF(nvmlDeviceGetPowerUsage, unsigned int, "power")
NUMBER_OF(nvmlDeviceGetEnforcedPowerLimit, unsigned int, "power.limit")
NUMBER_OF(nvmlDeviceGetPowerManagementDefaultLimit, unsigned int, "power.default")
PAIR_OF(nvmlDeviceGetPowerManagementLimitConstraints, unsigned int, "power.min", "power.max")
NUMBER_OF(nvmlDeviceGetTotalEnergyConsumption, unsigned long long, "energy")
NUMBER_BY(nvmlDeviceGetTemperatureThreshold, nvmlTemperatureThresholds_t, unsigned int, "threshold")
NUMBER_OF(nvmlDeviceGetNumFans, unsigned int, "fans")
NUMBER_BY(nvmlDeviceGetFanSpeed_v2, unsigned int, unsigned int, "fan")
NUMBER_BY(nvmlDeviceGetClockInfo, nvmlClockType_t, unsigned int, "clock")
NUMBER_BY(nvmlDeviceGetMaxClockInfo, nvmlClockType_t, unsigned int, "clock.max")
NUMBER_OF(nvmlDeviceGetPerformanceState, nvmlPstates_t, "pstate")
NUMBER_OF(nvmlDeviceGetCurrentClocksThrottleReasons, unsigned long long, "throttle")
PAIR_OF(nvmlDeviceGetEccMode, nvmlEnableState_t, "ecc.mode", "ecc.pending")
NUMBER_BY(nvmlDeviceGetPcieThroughput, nvmlPcieUtilCounter_t, unsigned int, "pcie")
NUMBER_OF(nvmlDeviceGetPcieReplayCounter, unsigned int, "pcie.replay")
NUMBER_OF(nvmlDeviceGetCurrPcieLinkGeneration, unsigned int, "pcie.gen")
NUMBER_OF(nvmlDeviceGetMaxPcieLinkGeneration, unsigned int, "pcie.gen.max")
NUMBER_OF(nvmlDeviceGetCurrPcieLinkWidth, unsigned int, "pcie.width")
NUMBER_OF(nvmlDeviceGetMaxPcieLinkWidth, unsigned int, "pcie.width.max")
NUMBER_OF(nvmlDeviceGetSupportedEventTypes, unsigned long long, "events")
#ifndef OLD_DRIVER
NUMBER_OF(nvmlDeviceGetCurrentClocksEventReasons, unsigned long long, "throttle")
#endif

API nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t device, nvmlTemperatureSensors_t sensor, unsigned int *out) {
    DEVICE_CALL("nvmlDeviceGetTemperature")
    if (code == OK && sensor != 0) code = INVALID;
    if (code == OK && (text = value(get("%s.temp", p), &code))) *out = (unsigned int) number(text);
    LEAVE("nvmlDeviceGetTemperature");
}

API nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, nvmlPciInfo_t *out) {
    DEVICE_CALL("nvmlDeviceGetPciInfo_v3")
    if (code == OK && (text = value(get("%s.pci", p), &code))) {
        memset(out, 0, sizeof *out);
        snprintf(out->busId, sizeof out->busId, "%s", text);
        snprintf(out->busIdLegacy, sizeof out->busIdLegacy, "%s", strlen(text) > 4 ? text + 4 : text);
        sscanf(text, "%x:%x:%x", &out->domain, &out->bus, &out->device);
        out->pciDeviceId = (unsigned int) number_or(get("%s.pci.id", p), 0);
        out->pciSubSystemId = (unsigned int) number_or(get("%s.pci.subsystem", p), 0);
    }
    LEAVE("nvmlDeviceGetPciInfo_v3");
}

API nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t device, nvmlUtilization_t *out) {
    DEVICE_CALL("nvmlDeviceGetUtilizationRates")
    if (code == OK && (text = value(get("%s.util", p), &code))) {
        out->gpu = (unsigned int) number(text);
        out->memory = (unsigned int) number_or(get("%s.util.mem", p), 0);
    }
    LEAVE("nvmlDeviceGetUtilizationRates");
}

API nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *out) {
    DEVICE_CALL("nvmlDeviceGetMemoryInfo")
    if (code == OK && (text = value(get("%s.mem.total", p), &code))) {
        out->total = number(text);
        out->used = number_or(get("%s.mem.used", p), 0) + number_or(get("%s.mem.reserved", p), 0);
        out->free = out->total - out->used;
    }
    LEAVE("nvmlDeviceGetMemoryInfo");
}

API nvmlReturn_t nvmlDeviceGetBAR1MemoryInfo(nvmlDevice_t device, nvmlBAR1Memory_t *out) {
    DEVICE_CALL("nvmlDeviceGetBAR1MemoryInfo")
    if (code == OK && (text = value(get("%s.bar1.total", p), &code))) {
        out->bar1Total = number(text);
        out->bar1Used = number_or(get("%s.bar1.used", p), 0);
        out->bar1Free = out->bar1Total - out->bar1Used;
    }
    LEAVE("nvmlDeviceGetBAR1MemoryInfo");
}

API nvmlReturn_t nvmlDeviceGetTotalEccErrors(
        nvmlDevice_t device, nvmlMemoryErrorType_t type, nvmlEccCounterType_t counter, unsigned long long *out) {
    DEVICE_CALL("nvmlDeviceGetTotalEccErrors")
    if (code == OK && (text = value(get("%s.ecc.%u.%u", p, (unsigned int) type, (unsigned int) counter), &code)))
        *out = number(text);
    LEAVE("nvmlDeviceGetTotalEccErrors");
}

API nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int *corrected, unsigned int *uncorrected,
        unsigned int *pending, unsigned int *failed) {
    DEVICE_CALL("nvmlDeviceGetRemappedRows")
    if (code == OK && (text = value(get("%s.remap.corrected", p), &code))) {
        *corrected = (unsigned int) number(text);
        *uncorrected = (unsigned int) number_or(get("%s.remap.uncorrected", p), 0);
        *pending = (unsigned int) number_or(get("%s.remap.pending", p), 0);
        *failed = (unsigned int) number_or(get("%s.remap.failure", p), 0);
    }
    LEAVE("nvmlDeviceGetRemappedRows");
}

API nvmlReturn_t nvmlDeviceGetRowRemapperHistogram(nvmlDevice_t device, nvmlRowRemapperHistogramValues_t *out) {
    DEVICE_CALL("nvmlDeviceGetRowRemapperHistogram")
    if (code == OK && (text = value(get("%s.banks.max", p), &code))) {
        out->max = (unsigned int) number(text);
        out->high = (unsigned int) number_or(get("%s.banks.high", p), 0);
        out->partial = (unsigned int) number_or(get("%s.banks.partial", p), 0);
        out->low = (unsigned int) number_or(get("%s.banks.low", p), 0);
        out->none = (unsigned int) number_or(get("%s.banks.none", p), 0);
    }
    LEAVE("nvmlDeviceGetRowRemapperHistogram");
}

#define VERSIONED(type, number) (sizeof(type) | (number << 24))

API nvmlReturn_t nvmlDeviceGetSramEccErrorStatus(nvmlDevice_t device, nvmlEccSramErrorStatus_t *out) {
    DEVICE_CALL("nvmlDeviceGetSramEccErrorStatus")
    if (code == OK && out->version != VERSIONED(nvmlEccSramErrorStatus_t, 1)) code = VERSION_MISMATCH;
    if (code == OK && (text = value(get("%s.sram.exceeded", p), &code))) {
        out->volatileUncSecDed = number_or(get("%s.sram.uncorrected", p), 0);
        out->volatileCor = number_or(get("%s.sram.corrected", p), 0);
        out->bThresholdExceeded = (unsigned int) number(text);
    }
    LEAVE("nvmlDeviceGetSramEccErrorStatus");
}

API nvmlReturn_t nvmlDeviceGetAttributes_v2(nvmlDevice_t device, nvmlDeviceAttributes_t *out) {
    DEVICE_CALL("nvmlDeviceGetAttributes_v2")
    if (code == OK && (text = value(get("%s.sms", p), &code))) {
        memset(out, 0, sizeof *out);
        out->multiprocessorCount = (unsigned int) number(text);
        out->gpuInstanceSliceCount = (unsigned int) number_or(get("%s.slices.gpu", p), 0);
        out->computeInstanceSliceCount = (unsigned int) number_or(get("%s.slices.compute", p), 0);
        out->memorySizeMB = number_or(get("%s.mem.mib", p), 0);
    }
    LEAVE("nvmlDeviceGetAttributes_v2");
}

API nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned int index, nvmlDevice_t *out) {
    DEVICE_CALL("nvmlDeviceGetMigDeviceHandleByIndex")
    if (code == OK && !get("%s.mig%u.uuid", p, index)) code = NOT_FOUND;
    if (code == OK) *out = device_for(gpu, (int) index);
    LEAVE("nvmlDeviceGetMigDeviceHandleByIndex");
}

static int processes(const char *p, const char *kind, unsigned int *count, nvmlProcessInfo_t *out) {
    unsigned int there = 0, room = *count;
    while (get("%s.%s.%u", p, kind, there)) there++;
    *count = there;
    if (!there) return OK;
    if (there > room) return TOO_SMALL;
    for (unsigned int i = 0; i < there; i++) {
        out[i] = (nvmlProcessInfo_t) {.gpuInstanceId = 0xFFFFFFFFu, .computeInstanceId = 0xFFFFFFFFu};
        sscanf(get("%s.%s.%u", p, kind, i), "%u,%llu,%u,%u", &out[i].pid, &out[i].usedGpuMemory, &out[i].gpuInstanceId,
                &out[i].computeInstanceId);
    }
    return OK;
}

#define PROCESSES(symbol, type, kind) \
    API nvmlReturn_t symbol(nvmlDevice_t device, unsigned int *count, type *out) { \
        DEVICE_CALL(#symbol) \
        if (code == OK) code = processes(p, kind, count, out); \
        LEAVE(#symbol); \
    }
PROCESSES(nvmlDeviceGetComputeRunningProcesses_v2, nvmlProcessInfo_v2_t, "proc")
PROCESSES(nvmlDeviceGetGraphicsRunningProcesses_v2, nvmlProcessInfo_v2_t, "graphics")
PROCESSES(nvmlDeviceGetMPSComputeRunningProcesses_v2, nvmlProcessInfo_v2_t, "mps")

static void fill_field(const char *p, nvmlFieldValue_t *field) {
    int code = OK;
    const char *text = NULL;
    if (field->scopeId != 0) text = get("%s.fv.%u.%u", p, field->fieldId, field->scopeId);
    if (!text) text = field->scopeId == 0 || field->scopeId == 0xFFFFFFFFu ? get("%s.fv.%u", p, field->fieldId) : NULL;
    text = value(text, &code);
    field->nvmlReturn = (nvmlReturn_t) code;
    field->timestamp = (long long) (now() * 1e6);
    field->latencyUsec = 0;
    if (!text) return;
    field->valueType = (nvmlValueType_t) strtoul(text, NULL, 10);
    text = strchr(text, ':') + 1;
    memset(&field->value, 0xA5, sizeof field->value); /* what a narrower value leaves standing must not be read */
    switch ((unsigned int) field->valueType) {
        case 0: field->value.dVal = strtod(text, NULL); break;
        case 1: field->value.uiVal = (unsigned int) number(text); break;
        case 2: field->value.ulVal = number(text); break;
        case 3: field->value.ullVal = number(text); break;
        case 4: field->value.sllVal = (long long) number(text); break;
        case 5: field->value.siVal = (int) number(text); break;
        case 6: field->value.usVal = (unsigned short) number(text); break;
        default: break;
    }
}

API nvmlReturn_t nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t *fields) {
    DEVICE_CALL("nvmlDeviceGetFieldValues")
    int filled = 0;
    for (int i = 0; code == OK && i < count; i++) {
        fill_field(p, &fields[i]);
        filled += fields[i].nvmlReturn == 0;
    }
    if (code == OK && count > 0 && !filled) code = (int) fields[0].nvmlReturn;
    LEAVE("nvmlDeviceGetFieldValues");
}

#ifndef OLD_DRIVER
PROCESSES(nvmlDeviceGetComputeRunningProcesses_v3, nvmlProcessInfo_t, "proc")
PROCESSES(nvmlDeviceGetGraphicsRunningProcesses_v3, nvmlProcessInfo_t, "graphics")
PROCESSES(nvmlDeviceGetMPSComputeRunningProcesses_v3, nvmlProcessInfo_t, "mps")

API nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *out) {
    DEVICE_CALL("nvmlDeviceGetMemoryInfo_v2")
    if (code == OK && out->version != VERSIONED(nvmlMemory_v2_t, 2)) code = VERSION_MISMATCH;
    if (code == OK && (text = value(get("%s.mem.total", p), &code))) {
        out->total = number(text);
        out->used = number_or(get("%s.mem.used", p), 0);
        out->reserved = number_or(get("%s.mem.reserved", p), 0);
        out->free = out->total - out->used - out->reserved;
    }
    LEAVE("nvmlDeviceGetMemoryInfo_v2");
}

API nvmlReturn_t nvmlDeviceGetTemperatureV(nvmlDevice_t device, nvmlTemperature_t *out) {
    DEVICE_CALL("nvmlDeviceGetTemperatureV")
    if (code == OK && out->version != VERSIONED(nvmlTemperature_t, 1)) code = VERSION_MISMATCH;
    if (code == OK && (text = value(out->sensorType == 0 ? get("%s.temp", p) : get("%s.temp.max", p), &code)))
        out->temperature = (int) number(text);
    LEAVE("nvmlDeviceGetTemperatureV");
}

API nvmlReturn_t nvmlDeviceGetMarginTemperature(nvmlDevice_t device, nvmlMarginTemperature_t *out) {
    DEVICE_CALL("nvmlDeviceGetMarginTemperature")
    if (code == OK && out->version != VERSIONED(nvmlMarginTemperature_t, 1)) code = VERSION_MISMATCH;
    if (code == OK && (text = value(get("%s.margin", p), &code))) out->marginTemperature = (int) number(text);
    LEAVE("nvmlDeviceGetMarginTemperature");
}

API nvmlReturn_t nvmlDeviceGetFanSpeedRPM(nvmlDevice_t device, nvmlFanSpeedInfo_t *out) {
    DEVICE_CALL("nvmlDeviceGetFanSpeedRPM")
    if (code == OK && out->version != VERSIONED(nvmlFanSpeedInfo_t, 1)) code = VERSION_MISMATCH;
    if (code == OK && (text = value(get("%s.rpm.%u", p, out->fan), &code))) out->speed = (unsigned int) number(text);
    LEAVE("nvmlDeviceGetFanSpeedRPM");
}

API nvmlReturn_t nvmlDeviceGetUnrepairableMemoryFlag_v1(nvmlDevice_t device, nvmlUnrepairableMemoryStatus_v1_t *out) {
    DEVICE_CALL("nvmlDeviceGetUnrepairableMemoryFlag_v1")
    if (code == OK && (text = value(get("%s.unrepairable", p), &code)))
        out->bUnrepairableMemory = (unsigned int) number(text);
    LEAVE("nvmlDeviceGetUnrepairableMemoryFlag_v1");
}

/* ---- GPM ---- */

API nvmlReturn_t nvmlGpmQueryDeviceSupport(nvmlDevice_t device, nvmlGpmSupport_t *out) {
    DEVICE_CALL("nvmlGpmQueryDeviceSupport")
    if (code == OK && out->version != 1) code = VERSION_MISMATCH;
    if (code == OK && (text = value(get("%s.gpm", p), &code))) out->isSupportedDevice = (unsigned int) number(text);
    LEAVE("nvmlGpmQueryDeviceSupport");
}

API nvmlReturn_t nvmlGpmSampleAlloc(nvmlGpmSample_t *out) {
    int code = enter("nvmlGpmSampleAlloc", -1);
    if (code == OK) {
        *out = calloc(1, sizeof **out);
        (*out)->at = -1;
    }
    return (nvmlReturn_t) leave("nvmlGpmSampleAlloc", -1, code);
}

API nvmlReturn_t nvmlGpmSampleFree(nvmlGpmSample_t sample) {
    int code = enter("nvmlGpmSampleFree", -1);
    free(sample);
    return (nvmlReturn_t) leave("nvmlGpmSampleFree", -1, code);
}

API nvmlReturn_t nvmlGpmSampleGet(nvmlDevice_t device, nvmlGpmSample_t sample) {
    DEVICE_CALL("nvmlGpmSampleGet")
    if (code == OK) {
        sample->at = now();
        strcpy(sample->prefix, p);
    }
    LEAVE("nvmlGpmSampleGet");
}

/* The values of this instant; a real one takes the difference of the samples, so the first must be the older one. */
API nvmlReturn_t nvmlGpmMetricsGet(nvmlGpmMetricsGet_t *get_) {
    int code = enter("nvmlGpmMetricsGet", -1);
    if (code == OK && get_->version != 1) code = VERSION_MISMATCH;
    if (code == OK && (get_->sample1->at < 0 || get_->sample2->at < get_->sample1->at)) code = INVALID;
    for (unsigned int i = 0; code == OK && i < get_->numMetrics; i++) {
        nvmlGpmMetric_t *metric = &get_->metrics[i];
        int own = OK;
        const char *text = value(get("%s.gpm.%u", get_->sample2->prefix, metric->metricId), &own);
        metric->nvmlReturn = (nvmlReturn_t) own;
        metric->value = text ? strtod(text, NULL) : 0;
    }
    return (nvmlReturn_t) leave("nvmlGpmMetricsGet", -1, code);
}
#endif

/* ---- events ---- */

API nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t *out) {
    int code = enter("nvmlEventSetCreate", -1);
    if (code == OK) {
        *out = calloc(1, sizeof **out);
        (*out)->generation = generation();
    }
    return (nvmlReturn_t) leave("nvmlEventSetCreate", -1, code);
}

static int events_so_far(void) {
    int count = 0;
    while (count < event_count && events[count].at <= now()) count++;
    return count;
}

API nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, unsigned long long types, nvmlEventSet_t set) {
    DEVICE_CALL("nvmlDeviceRegisterEvents")
    if (code == OK && (text = value(get("%s.events", p), &code)) && (types & ~number(text))) code = INVALID;
    if (code == OK) {
        if (!set->gpus) set->cursor = events_so_far();
        set->gpus |= 1ull << gpu;
        set->mask |= types;
    }
    LEAVE("nvmlDeviceRegisterEvents");
}

static int next_event(nvmlEventSet_t set, nvmlEventData_t *out) {
    while (set->cursor < event_count && events[set->cursor].at <= now()) {
        struct event e = events[set->cursor++];
        if (!(set->gpus >> e.gpu & 1) || !(set->mask & e.type)) continue;
        *out = (nvmlEventData_t) {device_for(e.gpu, -1), e.type, e.data, e.gi, e.ci};
        return 1;
    }
    return 0;
}

static int wait_code(nvmlEventSet_t set) {
    if (set->generation != generation()) return UNINITIALIZED;
    for (int gpu = 0; gpu < 64; gpu++)
        if (set->gpus >> gpu & 1 && number_or(get("ret.gpu%d", gpu), 0) == LOST) return LOST;
    return OK;
}

API nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t *out, unsigned int millis) {
    int code = enter("nvmlEventSetWait_v2", -1);
    unsigned long long end = nanos(CLOCK_MONOTONIC) + millis * 1000000ull;
    for (int first = 1; code == OK; first = 0) {
        if (next_event(set, out)) break;
        code = wait_code(set);
        if (code == OK && !first && nanos(CLOCK_MONOTONIC) >= end) code = TIMEOUT;
        if (code == OK && millis == 0) code = TIMEOUT;
        if (code == OK) rest(10);
    }
    return (nvmlReturn_t) leave("nvmlEventSetWait_v2", -1, code);
}

API nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t set) {
    int code = enter("nvmlEventSetFree", -1);
    free(set);
    return (nvmlReturn_t) leave("nvmlEventSetFree", -1, code);
}
