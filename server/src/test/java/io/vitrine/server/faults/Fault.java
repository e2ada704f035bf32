package io.vitrine.server.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vitrine.server.GpuFault;

/** Something that goes wrong, or only looks like it, and what alerts must come of it. */
final class Fault {

    /** What is done to the server. */
    @FunctionalInterface
    interface Act {
        void on(Scene scene) throws Exception;
    }

    private final String name;
    private final List<String> settings = new ArrayList<>();
    private final List<String> jvm = new ArrayList<>();
    private final Map<String, Theory> expected = new LinkedHashMap<>();
    private final Map<String, String> companions = new LinkedHashMap<>();
    private Optional<GpuFault> gpu = Optional.empty();
    private Act act = scene -> {};
    private Duration warm = Duration.ofMinutes(1);
    private Duration length = Duration.ofMinutes(10);
    private double perSecond = 10;
    private int mostPace = Integer.MAX_VALUE;
    private boolean resets = true;
    private boolean loads = true;

    private Fault(String name) {
        this.name = name;
    }

    static Fault of(String name, Act act) {
        Fault fault = new Fault(name);
        fault.act = act;
        return fault;
    }

    static Fault of(GpuFault gpu) {
        Fault fault = new Fault(
                "GPU: " + gpu.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        fault.gpu = Optional.of(gpu);
        fault.settings.add("engine.device=cuda:0");
        fault.settings.add("gpu.poll-interval=100ms");
        return fault;
    }

    /** A rule that must fire. */
    Fault fires(String rule, Theory theory) {
        expected.put(rule, theory);
        return this;
    }

    /** A rule that may fire besides, and why. */
    Fault mayFire(String rule, String why) {
        companions.put(rule, why);
        return this;
    }

    Fault with(String... more) {
        settings.addAll(List.of(more));
        return this;
    }

    Fault jvm(String... more) {
        jvm.addAll(List.of(more));
        return this;
    }

    /** How long all is well before, on the alerts' clock. */
    Fault warm(Duration time) {
        warm = time;
        return this;
    }

    /** How long it is watched where no rule must fire. */
    Fault length(Duration time) {
        length = time;
        return this;
    }

    /** Requests a second beside it. */
    Fault load(double requests) {
        perSecond = requests;
        return this;
    }

    /** For a rule that counts events of which a window at the usual pace has too few. */
    Fault slowerThan(int pace) {
        mostPace = pace;
        return this;
    }

    /** It is not over when its cause is. */
    Fault stays() {
        resets = false;
        return this;
    }

    /** The model is not there until the fault is over. */
    Fault withoutModel() {
        loads = false;
        jvm.add("-Dvitrine.load-on-command=true");
        return this;
    }

    String name() {
        return name;
    }

    List<String> settings() {
        return settings;
    }

    List<String> jvm() {
        return jvm;
    }

    Map<String, Theory> expected() {
        return expected;
    }

    Map<String, String> companions() {
        return companions;
    }

    Optional<GpuFault> gpu() {
        return gpu;
    }

    Act act() {
        return act;
    }

    Duration warm() {
        return warm;
    }

    Duration length() {
        return length;
    }

    double perSecond() {
        return perSecond;
    }

    int pace(int usual) {
        return Math.min(usual, mostPace);
    }

    boolean resets() {
        return resets;
    }

    boolean loads() {
        return loads;
    }

    @Override
    public String toString() {
        return name;
    }
}
