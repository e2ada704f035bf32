package io.vitrine.server;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vitrine.gpu.CudaGpu;
import io.vitrine.gpu.GpuListener;
import io.vitrine.gpu.GpuSnapshot;
import io.vitrine.gpu.ProbeClock;
import io.vitrine.gpu.advice.ServingLoad;
import io.vitrine.gpu.host.HostReader;
import io.vitrine.gpu.host.HostWatch;
import io.vitrine.model.engine.Engine;
import io.vitrine.model.engine.EngineListener;
import io.vitrine.model.engine.EngineSettings;
import io.vitrine.model.engine.GenerationListener;
import io.vitrine.model.engine.ModelRunner;
import io.vitrine.model.engine.NanoClock;
import io.vitrine.model.torch.TorchDevice;
import io.vitrine.observability.ConnectionCounts;
import io.vitrine.observability.EngineAges;
import io.vitrine.observability.EngineState;
import io.vitrine.observability.ModelGpu;
import io.vitrine.observability.RequestListener;
import io.vitrine.observability.Route;
import io.vitrine.observability.Telemetry;
import io.vitrine.observability.TelemetryPart;
import io.vitrine.observability.catalogue.Catalogue;
import io.vitrine.observability.catalogue.ClientMemory;
import io.vitrine.observability.catalogue.HttpPort;
import io.vitrine.server.alerting.AlertTime;
import io.vitrine.server.alerting.Alerting;
import io.vitrine.server.api.RequestParser;
import io.vitrine.server.config.ConnectionLimits;
import io.vitrine.server.config.ServerConfig;
import io.vitrine.server.config.ServerConfig.EngineKind;
import io.vitrine.server.config.ServerConfig.HttpConfig;
import io.vitrine.server.config.ServerConfig.PlanningConfig;
import io.vitrine.server.constraint.Constraints;
import io.vitrine.server.health.Health;
import io.vitrine.server.history.TelemetryHistory;
import io.vitrine.server.http.AnswerMemory;
import io.vitrine.server.http.BodyMemory;
import io.vitrine.server.http.ConsoleParts;
import io.vitrine.server.http.ConsoleTickets;
import io.vitrine.server.http.FairPool;
import io.vitrine.server.http.GatewayParts;
import io.vitrine.server.http.GatewayVerticle;
import io.vitrine.server.http.ManagementVerticle;
import io.vitrine.server.incidents.EvidenceSources;
import io.vitrine.server.incidents.FlightRecorder;
import io.vitrine.server.incidents.IncidentDesk;
import io.vitrine.server.inference.GenerationPlanner;
import io.vitrine.server.inference.QueueWatch;
import io.vitrine.server.inference.ServedModel;
import io.vitrine.server.inference.ServingState;
import io.vitrine.server.live.LiveServer;
import io.vitrine.server.live.SlotBoard;
import io.vitrine.server.machine.MachineView;
import io.vitrine.server.profile.Profiler;
import io.vitrine.server.tenancy.Tenancy;
import io.vitrine.server.tools.ModelDialect;
import io.vitrine.tenants.limits.QueueModel;
import org.jspecify.annotations.Nullable;

/**
 * The whole server: puts the parts together, starts them in order (ports, engine) and stops them in the reverse one.
 * Started once by one thread; stopped by any.
 */
public final class InferenceServer {

    /** One event loop may be busy with a burst of events while another takes requests in. */
    private static final int GATEWAY_INSTANCES = 2;

    /** However often the host is asked for. */
    private static final Duration HOST_READING_FRESH = Duration.ofSeconds(1);

    /** A step in progress ends, or is left behind: its memory is the process's then. */
    private static final Duration STEP_LIMIT = Duration.ofMillis(1_500);

    /** For each part that is closed at the stop. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    /** Most of the grace period that a model being loaded has. */
    private static final Duration LOADING_GRACE = Duration.ofSeconds(8);

    /** After so many polls a reading is of another time. */
    private static final int FRESH_POLLS = 3;

    private static final double NANOS_PER_SECOND = 1e9;

    private final ServerConfig config;
    private final ModelLoading loading;
    private final Telemetry telemetry;
    private final Tenancy tenancy;
    private final RequestListener requestListener;
    private final Optional<TelemetryHistory> history;
    private final NanoClock clock;
    private final AlertTime alertTime;
    private final ServingState state = new ServingState();
    private final ProbeClock machineClock = new SystemProbeClock();
    private final HostWatch host =
            new HostWatch(new HostReader(Path.of("/"), machineClock), machineClock, HOST_READING_FRESH);
    /** The GPU that the model runs on; empty on the processor. */
    private final Optional<CudaGpu> modelCard;

    private final MachineView machine;
    private final Health health;
    private final Vertx vertx;
    private final FairPool planning;
    private final FlightRecorder flightRecorder;
    private final IncidentDesk incidents;
    private final ConnectionCounts apiConnections;
    private final ConnectionCounts managementConnections;
    private final BodyMemory bodyMemory;
    private final AnswerMemory answerMemory;
    private final ConsoleTickets consoleTickets;
    private final SlotBoard slots = new SlotBoard();
    private final LiveServer live;
    private final Profiler profiler = new Profiler();
    private final StopPhases phases = new StopPhases();
    private final AtomicBoolean stopping = new AtomicBoolean();

    private volatile int apiPort;
    private int managementPort;
    private volatile Optional<Alerting> alerts = Optional.empty();
    private @Nullable LoadedModel loaded;
    private @Nullable Engine engine;

    /**
     * Nothing runs yet but the loading.
     *
     * @param loading closed at the stop
     * @param telemetry closed by whoever made it, after the stop
     * @param tenancy closed at the stop
     * @param history answers questions about what was; absent if telemetry is not stored
     */
    public InferenceServer(
            ServerConfig config,
            ModelLoading loading,
            Telemetry telemetry,
            Tenancy tenancy,
            Optional<TelemetryHistory> history,
            NanoClock clock) {
        this(config, loading, telemetry, tenancy, telemetry.requestListener(), history, clock, AlertTime.of(clock));
    }

    InferenceServer(
            ServerConfig config,
            ModelLoading loading,
            Telemetry telemetry,
            Tenancy tenancy,
            RequestListener requestListener,
            Optional<TelemetryHistory> history,
            NanoClock clock,
            AlertTime alertTime) {
        this.requestListener = requestListener;
        this.history = history;
        this.config = config;
        this.loading = loading;
        this.telemetry = telemetry;
        this.tenancy = tenancy;
        this.clock = clock;
        this.consoleTickets = new ConsoleTickets(clock::nanoTime);
        this.live = new LiveServer(config.console().liveEvents(), telemetry::readings, slots);
        this.alertTime = alertTime;
        setSwitches();
        telemetry.watch(host);
        telemetry.watch(tenancy.books().counts());
        ConnectionLimits limits = ConnectionLimits.of(config.server().connections(), FileDescriptors.limit());
        apiConnections = new ConnectionCounts(HttpPort.API, limits.api());
        managementConnections = new ConnectionCounts(HttpPort.MANAGEMENT, limits.management());
        bodyMemory = new BodyMemory(config.server().bodyMemoryBytes());
        answerMemory = new AnswerMemory(config.server().answerMemoryBytes());
        telemetry.watch(apiConnections);
        telemetry.watch(managementConnections);
        telemetry.watchMemory(ClientMemory.BODIES, bodyMemory::used, bodyMemory.capacity());
        telemetry.watchMemory(ClientMemory.ANSWERS, answerMemory::used, answerMemory.capacity());
        this.modelCard = modelCard(config);
        this.machine = new MachineView(host, machineClock, modelCard, this::load);
        this.health = new Health(
                state,
                modelCard.isPresent(),
                telemetry.archiveStats(),
                tenancy.books().counts(),
                telemetry.exports(),
                config.health(),
                clock);
        telemetry.watchHealth(health::healthy);
        tenancy.books().readPower(machine::modelWatts);
        this.vertx = VertxFactory.create(telemetry.registry(), telemetry.openTelemetry(), telemetry.switches());
        this.flightRecorder = new FlightRecorder(clock);
        this.incidents = incidentDesk();
        PlanningConfig planningLimits = config.planning();
        WorkerExecutor workers = vertx.createSharedWorkerExecutor("vitrine-prompt", planningLimits.threadCount());
        this.planning = new FairPool(
                planningLimits,
                work -> execute(workers, work),
                (delay, work) -> vertx.setTimer(Math.max(1, delay.toMillis()), id -> work.run()),
                clock);
        telemetry.watchPlanning(planning::waitingCount, planningLimits.queueLimit());
    }

    /** What telemetry does not start itself. */
    private void setSwitches() {
        if (!config.alerts().enabled()) {
            telemetry.switches().withhold(TelemetryPart.ALERTS);
        }
        if (!config.telemetry().stageTimingEnabled()) {
            telemetry.switches().change(Map.of(TelemetryPart.STAGE_TIMING, false));
        }
    }

    /** What is stored from now on is also live. */
    private void followTelemetry() {
        if (config.console().enabled()) {
            history.ifPresent(stored -> stored.tail().follow(live));
        }
    }

    private IncidentDesk incidentDesk() {
        EvidenceSources sources = new EvidenceSources(
                history,
                telemetry,
                tenancy.ledger().audit(),
                machine,
                flightRecorder,
                new HealthFacts(state, tenancy.ledger(), config.data())::read,
                config.incidents().jfr());
        return new IncidentDesk(vertx, tenancy, telemetry, sources, config.incidents(), Clock.systemUTC());
    }

    /** Incidents, which the evaluation of alerts feeds. */
    public IncidentDesk incidents() {
        return incidents;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the pool's work keeps its own result and does not throw
    private static void execute(WorkerExecutor workers, Runnable work) {
        workers.executeBlocking(
                () -> {
                    work.run();
                    return true;
                },
                false);
    }

    /**
     * Listens on both ports; until {@link #serveModel} requests get 503.
     *
     * @throws StartException if a port cannot be had, or one would be open to everybody
     */
    public void bind() {
        OpenDoors.refuse(config.server(), tenancy);
        HttpConfig http = config.server();
        followTelemetry();
        TenancyUpkeep.start(vertx, tenancy, telemetry);
        alerts = Alerting.of(vertx, config, tenancy, telemetry, List.of(incidents), alertTime);
        alerts.map(Alerting::loop).ifPresent(incidents::attach);
        var management = new ManagementVerticle(
                http,
                health,
                telemetry,
                tenancy,
                machine,
                history,
                incidents,
                alerts.map(Alerting::loop),
                managementConnections,
                bodyMemory,
                new ConsoleParts(
                        config.console(),
                        Version.current(),
                        () -> state.model().map(ServedModel::name),
                        () -> apiPort,
                        consoleTickets,
                        live,
                        profiler,
                        () -> CatalogueFormat.JSON.print(Catalogue.sections()),
                        () -> StorageFacts.of(config.store(), history),
                        config.alerts().delivery().runbookUrl(),
                        clock));
        await(vertx.deployVerticle(management), "server.management-port", http.managementHost(), http.managementPort());
        managementPort = management.port();
        GatewayParts parts = gatewayParts();
        DeploymentOptions instances = new DeploymentOptions().setInstances(GATEWAY_INSTANCES);
        await(
                vertx.deployVerticle(() -> new GatewayVerticle(parts), instances),
                "server.port",
                http.host(),
                http.port());
        apiPort = parts.boundPort().get();
        incidents.start();
        telemetry.startReaders();
        alerts.ifPresent(alerting ->
                alerting.start().onFailure(cause -> telemetry.events().faulted("alerts", cause)));
    }

    private GatewayParts gatewayParts() {
        return new GatewayParts(
                config.server(),
                state,
                health,
                new RequestParser(config.limits(), config.api().customRoles()),
                new GenerationPlanner(state, config.limits(), clock, new SecureRandom()),
                tenancy,
                config.prices().costHeader(),
                telemetry.requestTracing(),
                telemetry.loopWatch(),
                requestListener,
                telemetry.events(),
                clock,
                planning,
                apiConnections,
                bodyMemory,
                answerMemory,
                consoleTickets,
                new AtomicInteger());
    }

    private static void await(Future<?> deployed, String key, String host, int port) {
        try {
            deployed.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof IllegalArgumentException) { // a setting, not the port
                throw new StartException(Failures.inWords(cause), cause);
            }
            throw new StartException(
                    "cannot listen on " + host + ":" + port + " (" + key + "): " + Failures.inWords(cause)
                            + "; is another server running there? Set another with --set " + key + "=N",
                    cause);
        }
    }

    /**
     * Waits for the model and starts its engine: from then on requests are answered.
     *
     * @throws StartException if the model cannot be loaded, or the server is stopped meanwhile
     */
    public void serveModel() throws InterruptedException {
        try {
            serve(loading.await());
        } catch (CancellationException e) {
            throw new StartException("stopped before the model was loaded", e);
        } catch (IOException | RuntimeException | Error e) {
            telemetry.events().modelLoadFailed(config.model(), loading.elapsed(), e);
            throw new StartException("cannot load the model '" + config.model() + "': " + Failures.inWords(e), e);
        }
        Duration took = loading.elapsed();
        state.model().ifPresent(model -> telemetry.events().modelLoaded(model.name(), took));
    }

    private synchronized void serve(LoadedModel model) {
        if (stopping.get()) {
            model.close();
            throw new CancellationException();
        }
        loaded = model;
        EngineSettings settings = new EngineSettings(
                model.slots(),
                config.queueLimit(),
                config.engine().prefillChunk(),
                // The null engine gives one token a step: no draft of a text that repeats may hasten it.
                config.engine().kind() == EngineKind.NULL ? 0 : config.engine().draftTokens(),
                // By default all of the KV memory: what only the cache holds gives way to running requests.
                config.engine()
                        .prefixCacheBytes()
                        .orElse(model.runner().pageCount() * model.runner().pageBytes()),
                config.engine().timedStepInterval());
        QueueWatch queue = new QueueWatch(new QueueModel(), model.slots(), config.queueLimit());
        EngineListener listener = queue.engineListener(flightRecorder.before(
                telemetry.engineListener(model.name(), model.runner().pageBytes(), modelGpu())));
        Engine started = new Engine(model.runner(), model.drawableTokens(), settings, listener, clock);
        engine = started;
        started.stageTimingWhile(() -> telemetry.switches().isOn(TelemetryPart.STAGE_TIMING));
        machine.readSteps(() -> started.progress().stepIndex());
        telemetry.watch(model.name(), engineState(started, settings, model));
        telemetry.watch(model.name(), engineAges(started, queue));
        state.ready(servedModel(model, started, queue));
    }

    /** How busy the model is; empty while there is none. */
    private Optional<ServingLoad> load() {
        Engine running;
        LoadedModel model;
        synchronized (this) {
            running = engine;
            model = loaded;
        }
        return running == null || model == null
                ? Optional.empty()
                : Optional.of(new ServingLoad(
                        model.slots(), Math.min(running.runningCount(), model.slots()), running.waitingCount()));
    }

    private EngineAges engineAges(Engine engine, QueueWatch queue) {
        return new EngineAges(
                () -> queue.oldestWaitingNanos(clock.nanoTime()) / NANOS_PER_SECOND,
                () -> queue.oldestRunningNanos(clock.nanoTime()) / NANOS_PER_SECOND,
                () -> engine.progress().stepNanos(clock.nanoTime()) / NANOS_PER_SECOND);
    }

    private EngineState engineState(Engine engine, EngineSettings settings, LoadedModel model) {
        ModelRunner runner = model.runner();
        return new EngineState(
                engine::runningCount,
                engine::waitingCount,
                engine::kvPagesUsed,
                engine::listenerFailures,
                settings.slots(),
                settings.queueLimit(),
                runner.pageCount(),
                runner.pagePositions(),
                new EngineState.Memory(
                        model.weightBytes(), runner.pageBytes(), modelGpu().isEmpty()));
    }

    private ServedModel servedModel(LoadedModel model, Engine started, QueueWatch queue) {
        return new ServedModel(
                model.name(),
                Instant.now().getEpochSecond(),
                model.runner().contextLength(),
                Math.min(
                        model.text().tokenizer().vocabularySize(),
                        model.runner().vocabularySize()),
                model.text().endOfTextIds(),
                model.text().tokenizer(),
                model.text().chatTemplate(),
                ModelDialect.of(model.text().chatTemplate(), config.engine()),
                new Constraints(
                        model.text().tokenizer(),
                        model.runner().vocabularySize(),
                        model.text().endOfTextIds(),
                        config.constraints(),
                        clock),
                Fingerprint.of(Version.current(), model.name(), config.engine()),
                started,
                queue,
                config.engine().gpuId(),
                Map.of(
                        Route.CHAT_COMPLETIONS,
                        listeners(model, Route.CHAT_COMPLETIONS),
                        Route.COMPLETIONS,
                        listeners(model, Route.COMPLETIONS)));
    }

    private GenerationListener.Factory listeners(LoadedModel model, Route route) {
        GenerationListener.Factory watching = telemetry.generationListenerFactory(model.name(), route);
        return config.console().enabled() ? slots.following(watching) : watching;
    }

    private static Optional<CudaGpu> modelCard(ServerConfig config) {
        OptionalInt ordinal = TorchDevice.parse(config.engine().device()).cudaIndex();
        return ordinal.isPresent() ? Optional.of(CudaGpu.of(ordinal.getAsInt())) : Optional.empty();
    }

    /** Where the model runs, if on a GPU; a reading says something of a step for three polls. */
    private Optional<ModelGpu> modelGpu() {
        return modelCard.map(card -> new ModelGpu(
                config.engine().device(), card, config.gpu().pollInterval().multipliedBy(FRESH_POLLS)));
    }

    /** For the probe of GPUs: telemetry, and what keeps requests from a card that is not well. */
    public GpuListener gpuListener() {
        GpuListener guard =
                modelCard.<GpuListener>map(card -> new GpuGuard(card, state)).orElse(GpuListener.NONE);
        return GpuListener.all(List.of(guard, telemetry.gpuListener()));
    }

    /** Operators see the GPUs as they are told here, at once. */
    void readGpus(Supplier<GpuSnapshot> snapshots) {
        machine.readGpus(snapshots);
    }

    /** Tells that a token can be served now. */
    public void announce(Duration sinceStart) {
        telemetry.events().serverStarted(apiPort, managementPort, sinceStart);
    }

    /** The port of the API; after {@link #bind}. */
    public int apiPort() {
        return apiPort;
    }

    /** The port of metrics and probes; after {@link #bind}. */
    public int managementPort() {
        return managementPort;
    }

    /** Connections to the API now. */
    int openConnectionCount() {
        return apiConnections.openCount();
    }

    /** Where requests are prepared. */
    public FairPool planning() {
        return planning;
    }

    /** How the components are. */
    public Health health() {
        return health;
    }

    /** What answers, and whether. */
    public ServingState state() {
        return state;
    }

    /**
     * Refuses new requests, lets those inside end within the grace period, then closes everything. Blocks until all is
     * done, or has had its time: what hangs is left behind. A second call does nothing.
     */
    public void stop() {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        long startNanos = clock.nanoTime();
        state.drain();
        Duration grace = config.server().shutdownGrace();
        phases.run("the loading of the model", loadingLimit(grace), loading::close);
        AtomicBoolean clean = new AtomicBoolean();
        boolean drained = phases.run("the engine", grace.plus(STEP_LIMIT), () -> clean.set(drain(grace)));
        alerts.ifPresent(alerting -> phases.run(
                "the alerts",
                CLOSE_LIMIT,
                () -> alerting.stop().toCompletionStage().toCompletableFuture().join()));
        phases.run(
                "the HTTP servers",
                CLOSE_LIMIT,
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        if (drained) {
            phases.run("the model", CLOSE_LIMIT, this::closeModel);
        }
        phases.run("the profiler", CLOSE_LIMIT, profiler::close);
        phases.run("the recording of the JVM", CLOSE_LIMIT, incidents::close);
        phases.run("the ledger", CLOSE_LIMIT, tenancy::close);
        telemetry.events().serverStopped(Duration.ofNanos(clock.nanoTime() - startNanos), clean.get());
    }

    /** The tensor being packed, or a step of the calibration, is waited for; it takes longest on a busy machine. */
    private static Duration loadingLimit(Duration grace) {
        return CLOSE_LIMIT.plus(grace.compareTo(LOADING_GRACE) < 0 ? grace : LOADING_GRACE);
    }

    /** How long running requests may go on at the stop. */
    Duration shutdownGrace() {
        return config.server().shutdownGrace();
    }

    /** How the stop went; further phases may follow. */
    StopPhases phases() {
        return phases;
    }

    private boolean drain(Duration grace) {
        Engine running;
        synchronized (this) {
            running = engine;
        }
        telemetry
                .events()
                .serverStopping(
                        grace,
                        running == null ? 0 : running.runningCount(),
                        running == null ? 0 : running.waitingCount());
        return running == null || running.drain(grace);
    }

    private synchronized void closeModel() {
        if (engine != null) {
            engine.close();
        }
        if (loaded != null) {
            loaded.close();
        }
    }
}
