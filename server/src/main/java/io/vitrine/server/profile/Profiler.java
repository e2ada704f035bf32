package io.vitrine.server.profile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.vitrine.server.profile.FlameGraph.Frame;
import io.vitrine.server.profile.FlameGraph.RoleTime;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;

/**
 * Samples the stacks of this process for some seconds, and keeps the latest profiles in memory. One at a time. Any thread; starting may
 * take a second, since the JVM loads its recorder.
 *
 * <p>Java code is sampled each 10 ms by {@code jdk.ExecutionSample}, or by {@code jdk.CPUTimeSample} where the JDK has it, which counts
 * processor time. Threads in machine code are sampled by {@code jdk.NativeMethodSample} each 20 ms; those that only wait there for
 * input are left out.
 */
public final class Profiler implements AutoCloseable {

    private static final String JAVA_SAMPLE = "jdk.ExecutionSample";
    private static final String CPU_SAMPLE = "jdk.CPUTimeSample";
    private static final String NATIVE_SAMPLE = "jdk.NativeMethodSample";
    private static final Duration JAVA_PERIOD = Duration.ofMillis(10);
    private static final Duration NATIVE_PERIOD = Duration.ofMillis(20);
    private static final Duration FLUSH = Duration.ofMillis(500);
    /** Samples that are under way when a profile ends. */
    private static final Duration LATE = Duration.ofSeconds(2);

    private static final String LAMBDA = "$$Lambda";
    private static final int KEPT = 5;
    private static final int MOST_SAMPLES = 100_000;
    private static final int DEEPEST = 96;
    private static final double SEEN = 0.0005;

    /** Machine code in which a thread waits and does nothing. */
    private static final Set<String> WAITING = Set.of(
            "sun.nio.ch.EPoll.wait",
            "sun.nio.ch.Net.accept",
            "sun.nio.ch.Net.poll",
            "sun.nio.ch.SocketDispatcher.read0",
            "sun.nio.fs.LinuxWatchService.poll",
            "io.netty.channel.epoll.Native.epollWait",
            "java.lang.ProcessImpl.waitForProcessExit0",
            "java.lang.ProcessHandleImpl.waitForProcessExit0",
            "jdk.internal.misc.Unsafe.park",
            "java.lang.Object.wait",
            "java.lang.Thread.sleep",
            "java.net.PlainSocketImpl.socketAccept",
            "java.net.SocketInputStream.socketRead0");

    private final Map<Frame, Frame> frames = new ConcurrentHashMap<>();
    private final Deque<Profile> profiles = new ArrayDeque<>();
    private @Nullable RecordingStream stream;
    private long count;

    private record Sample(Instant at, ThreadRole role, double millis, List<Frame> stack) {}

    private static final class Profile {

        private final String id;
        private final Instant from;
        private final Instant to;
        private final List<Sample> samples = new ArrayList<>();
        private long dropped;

        private Profile(String id, Instant from, Instant to) {
            this.id = id;
            this.from = from;
            this.to = to;
        }

        private synchronized void add(Sample sample) {
            if (samples.size() < MOST_SAMPLES) {
                samples.add(sample);
            } else {
                dropped++;
            }
        }

        private synchronized List<Sample> samples() {
            return List.copyOf(samples);
        }

        private synchronized Window window(Instant now) {
            return new Window(
                    id,
                    from.toString(),
                    to.toString(),
                    now.isBefore(to),
                    samples.size(),
                    dropped,
                    samples.stream().mapToDouble(Sample::millis).sum());
        }
    }

    /**
     * A profile that was taken, or is being taken.
     *
     * @param dropped samples that found no room
     * @param millis of all samples together
     */
    public record Window(
            String id, String from, String to, boolean running, int samples, long dropped, double millis) {}

    /** The latest profiles, newest first. */
    public synchronized List<Window> windows() {
        Instant now = Instant.now();
        return profiles.stream().map(profile -> profile.window(now)).toList();
    }

    /** Whether samples are taken now. */
    public synchronized boolean isRunning() {
        return stream != null;
    }

    /** The events that are sampled. */
    public static List<String> events() {
        return hasCpuSamples() ? List.of(CPU_SAMPLE, NATIVE_SAMPLE) : List.of(JAVA_SAMPLE, NATIVE_SAMPLE);
    }

    private static boolean hasCpuSamples() {
        return FlightRecorder.getFlightRecorder().getEventTypes().stream()
                .map(EventType::getName)
                .anyMatch(CPU_SAMPLE::equals);
    }

    /**
     * Begins a profile; it ends by itself.
     *
     * @return its name; empty if one is being taken already
     * @throws IllegalStateException if this JVM has no flight recorder
     */
    public synchronized Optional<String> start(Duration time) {
        if (stream != null) {
            return Optional.empty();
        }
        RecordingStream started = new RecordingStream();
        Instant from = Instant.now();
        Profile profile = new Profile("p" + ++count, from, from.plus(time));
        boolean cpu = hasCpuSamples();
        if (cpu) {
            started.enable(CPU_SAMPLE).with("throttle", JAVA_PERIOD.toMillis() + " ms");
        } else {
            started.enable(JAVA_SAMPLE).withPeriod(JAVA_PERIOD);
        }
        started.enable(NATIVE_SAMPLE).withPeriod(NATIVE_PERIOD);
        started.setReuse(true);
        started.setOrdered(false);
        started.setMaxSize(16L << 20);
        started.onEvent(
                cpu ? CPU_SAMPLE : JAVA_SAMPLE, event -> take(profile, event, cpu ? "eventThread" : "sampledThread"));
        started.onEvent(NATIVE_SAMPLE, event -> take(profile, event, "sampledThread"));
        started.onFlush(() -> endIfDue(profile));
        started.setEndTime(from.plus(time).plus(LATE));
        started.onClose(this::ended);
        stream = started;
        if (profiles.size() == KEPT) {
            profiles.removeLast();
        }
        profiles.addFirst(profile);
        started.startAsync();
        return Optional.of(profile.id);
    }

    /** Closing from its own callback is allowed, and ends the recording in the JVM. */
    private void endIfDue(Profile profile) {
        if (Instant.now().isAfter(profile.to.plus(FLUSH))) {
            close();
        }
    }

    private synchronized void ended() {
        stream = null;
    }

    private void take(Profile profile, RecordedEvent event, String threadField) {
        if (event.getStackTrace() == null || event.getStartTime().isAfter(profile.to)) {
            return;
        }
        RecordedThread thread = event.hasField(threadField) ? event.getThread(threadField) : event.getThread();
        List<Frame> stack = stack(event.getStackTrace().getFrames());
        if (stack.isEmpty() || WAITING.contains(stack.get(stack.size() - 1).name())) {
            return;
        }
        String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
        boolean isNative = event.getEventType().getName().equals(NATIVE_SAMPLE);
        Duration period = isNative ? NATIVE_PERIOD : JAVA_PERIOD;
        profile.add(new Sample(event.getStartTime(), ThreadRole.of(name), period.toMillis(), stack));
    }

    /** Each lambda has a number that is new at each start: without it, equal stacks have equal names. */
    private static String className(String name) {
        int lambda = name.indexOf(LAMBDA);
        return lambda < 0 ? name : name.substring(0, lambda + LAMBDA.length());
    }

    private List<Frame> stack(List<RecordedFrame> innermostFirst) {
        List<Frame> stack = new ArrayList<>();
        for (RecordedFrame frame : innermostFirst.subList(0, Math.min(DEEPEST, innermostFirst.size()))) {
            Frame one = new Frame(
                    className(frame.getMethod().getType().getName()) + "."
                            + frame.getMethod().getName(),
                    frame.getType().equals("Native"));
            stack.add(frames.computeIfAbsent(one, same -> same));
        }
        Collections.reverse(stack);
        return List.copyOf(stack);
    }

    /**
     * The samples of a part of a profile.
     *
     * @param from null for its beginning
     * @param to null for its end
     * @param role null for every role
     */
    public Optional<FlameGraph> flame(
            String id, @Nullable Instant from, @Nullable Instant to, @Nullable ThreadRole role) {
        return find(id).map(profile -> {
            Instant first = from == null ? profile.from : from;
            Instant last = to == null ? profile.to : to;
            List<Sample> samples = profile.samples().stream()
                    .filter(sample ->
                            !sample.at().isBefore(first) && !sample.at().isAfter(last))
                    .toList();
            FlameGraph.Builder root = new FlameGraph.Builder("all", false);
            int shown = 0;
            for (Sample sample : samples) {
                if (role == null || sample.role() == role) {
                    List<Frame> stack = new ArrayList<>(sample.stack());
                    if (role == null) {
                        stack.add(0, new Frame(sample.role().label(), false));
                    }
                    root.add(stack, sample.millis());
                    shown++;
                }
            }
            double whole = samples.stream().mapToDouble(Sample::millis).sum();
            return new FlameGraph(
                    profile.id,
                    first.toString(),
                    last.toString(),
                    "ms",
                    shown,
                    roles(samples),
                    root.build(whole * SEEN));
        });
    }

    /** From when to when a profile is; empty if there is none of this name. */
    public Optional<Map.Entry<Instant, Instant>> time(String id) {
        return find(id).map(profile -> Map.entry(profile.from, profile.to));
    }

    private synchronized Optional<Profile> find(String id) {
        return profiles.stream().filter(profile -> profile.id.equals(id)).findFirst();
    }

    private static List<RoleTime> roles(List<Sample> samples) {
        Map<ThreadRole, double[]> sums = new EnumMap<>(ThreadRole.class);
        for (Sample sample : samples) {
            double[] sum = sums.computeIfAbsent(sample.role(), role -> new double[2]);
            sum[0]++;
            sum[1] += sample.millis();
        }
        List<RoleTime> roles = new ArrayList<>();
        sums.forEach((role, sum) -> roles.add(new RoleTime(role.label(), (int) sum[0], sum[1])));
        return roles;
    }

    /** Ends a profile that is being taken. */
    @Override
    public void close() {
        RecordingStream running;
        synchronized (this) {
            running = stream;
        }
        if (running != null) {
            running.close();
        }
    }
}
