package io.vitrine.loadtest.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

import io.vitrine.loadtest.measure.ClientHealth;
import io.vitrine.loadtest.measure.Outcome;
import io.vitrine.loadtest.measure.RequestRecord;
import io.vitrine.loadtest.measure.RunLog;
import io.vitrine.loadtest.measure.TimeBins;
import io.vitrine.loadtest.workload.Plan;
import io.vitrine.loadtest.workload.PlannedRequest;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan on one event loop. An arrival that the loop is late for is sent as soon as possible and keeps its intended time: the
 * schedule is never moved.
 */
public final class LoadDriver {

    private static final long HEARTBEAT_NANOS = 10_000_000;

    private final EventLoop loop;
    private final Transport transport;
    private final RequestBodies bodies;
    private final Plan plan;
    private final DriverOptions options;
    private final RunMonitor monitor;
    private final Consumer<RunLog> whenDone;

    private final List<RequestRecord> records = new ArrayList<>();
    private final Histogram interChunk = RunLog.gaps();
    private final Histogram interToken = RunLog.gaps();
    private final Histogram loopDelay = RunLog.gaps();
    private final Deque<Exchange> waiting = new ArrayDeque<>();
    private final Set<Exchange> running = new LinkedHashSet<>();
    private long startNanos;
    private TimeBins tokens = new TimeBins(0);
    private int nextConversation;
    private int openConversations;
    private int started;
    private boolean allStarted;
    private boolean draining;
    private boolean done;
    private long lastStartNanos;
    private double inFlightSum;
    private long heartbeats;

    /** @param whenDone gets the log, on the loop; its processor share is not known yet */
    public LoadDriver(
            EventLoop loop,
            Transport transport,
            RequestBodies bodies,
            Plan plan,
            DriverOptions options,
            RunMonitor monitor,
            Consumer<RunLog> whenDone) {
        this.loop = loop;
        this.transport = transport;
        this.bodies = bodies;
        this.plan = plan;
        this.options = options;
        this.monitor = monitor;
        this.whenDone = whenDone;
    }

    /** Begins; on the loop. */
    public void start(long atNanos) {
        startNanos = atNanos;
        lastStartNanos = atNanos;
        tokens = new TimeBins(atNanos);
        loop.runAt(atNanos, () -> {
            heartbeat(atNanos);
            if (plan.pacing() instanceof Plan.Closed closed) {
                int lanes = Math.min(closed.lanes(), closed.size());
                for (int lane = 0; lane < lanes; lane++) {
                    beginClosed(atNanos);
                }
                closed.durationNanos().ifPresent(duration -> loop.runAt(startNanos + duration, this::endStarts));
            } else {
                arrive();
            }
        });
    }

    /** Starts every arrival that is due, then waits for the next one. */
    private void arrive() {
        Plan.Open open = (Plan.Open) plan.pacing();
        while (nextConversation < open.size()) {
            long intended = startNanos + open.intendedNanos()[nextConversation];
            if (intended > loop.nanoTime()) {
                loop.runAt(intended, this::arrive);
                return;
            }
            begin(intended);
        }
        endStarts();
    }

    private void endStarts() {
        allStarted = true;
        endIfDone();
    }

    private void beginClosed(long intended) {
        Plan.Closed closed = (Plan.Closed) plan.pacing();
        OptionalLong duration = closed.durationNanos();
        boolean timeIsOver = duration.isPresent() && intended >= startNanos + duration.getAsLong();
        if (nextConversation >= closed.size() || timeIsOver) {
            endStarts();
        } else {
            begin(intended);
        }
    }

    private void begin(long intended) {
        List<PlannedRequest> turns = plan.source().conversation(nextConversation++);
        openConversations++;
        new Conversation(turns).next(intended);
    }

    /** Counts the loop's delay and what is in flight, as long as the run lasts. */
    private void heartbeat(long dueNanos) {
        if (done) {
            return;
        }
        long now = loop.nanoTime();
        loopDelay.recordValue(Math.max(0, now - dueNanos));
        inFlightSum += running.size();
        heartbeats++;
        long next = Math.max(dueNanos + HEARTBEAT_NANOS, now);
        loop.runAt(next, () -> heartbeat(next));
    }

    private void endIfDone() {
        if (done || !allStarted) {
            return;
        }
        if (openConversations == 0) {
            done = true;
            whenDone.accept(log());
        } else if (!draining) {
            draining = true;
            loop.runAt(loop.nanoTime() + options.drainNanos(), this::cutOffAll);
        }
    }

    private void cutOffAll() {
        if (!done) {
            List<Exchange> unfinished = new ArrayList<>(running);
            unfinished.addAll(waiting);
            waiting.clear();
            unfinished.forEach(exchange -> exchange.end(Outcome.CUT_OFF, null, loop.nanoTime()));
            openConversations = 0; // Those in their think time have no request that could be cut off.
            endIfDone();
        }
    }

    private RunLog log() {
        boolean open = plan.pacing() instanceof Plan.Open;
        boolean steady = !(plan.pacing() instanceof Plan.Open arrivals) || arrivals.steady();
        double meanInFlight = heartbeats == 0 ? 0 : inFlightSum / heartbeats;
        ClientHealth health = new ClientHealth(loopDelay, 0, meanInFlight, heartbeats);
        return new RunLog(
                records, startNanos, loop.nanoTime(), window(), tokens, interChunk, interToken, health, open, steady);
    }

    private RunLog.Window window() {
        long from = records.stream()
                .filter(record -> !record.warmUp())
                .mapToLong(RequestRecord::intendedNanos)
                .min()
                .orElse(startNanos);
        OptionalLong duration = plan.pacing().durationNanos();
        long to = duration.isPresent() ? startNanos + duration.getAsLong() : lastStartNanos;
        return to > from ? new RunLog.Window(from, to) : new RunLog.Window(from, Math.max(from + 1, loop.nanoTime()));
    }

    /** The turns of one conversation, one after the other. */
    private final class Conversation {

        private final List<PlannedRequest> turns;
        private final List<String> history = new ArrayList<>();
        private int next;

        private Conversation(List<PlannedRequest> turns) {
            this.turns = turns;
        }

        private void next(long intended) {
            boolean warmUp = started < options.warmUpRequests() || intended < startNanos + options.warmUpNanos();
            String id = options.idPrefix() + started++;
            Exchange exchange = new Exchange(this, turns.get(next), id, warmUp, intended);
            monitor.sent.increment();
            if (running.size() < options.mostInFlight()) {
                exchange.send();
            } else {
                waiting.add(exchange);
            }
        }

        private void ended(Exchange exchange, long atNanos) {
            next++;
            boolean goesOn = next < turns.size() && exchange.outcome == Outcome.COMPLETED;
            if (goesOn) {
                history.add(exchange.request.prompt().text());
                history.add(exchange.text.toString());
                long intended = atNanos + plan.thinkNanos();
                loop.runAt(intended, () -> {
                    if (!done) {
                        next(intended);
                    }
                });
            } else {
                openConversations--;
                if (plan.pacing() instanceof Plan.Closed) {
                    beginClosed(atNanos);
                } else {
                    endIfDone();
                }
            }
        }
    }

    /** One request from its start to its end. */
    private final class Exchange implements Transport.Listener {

        private final Conversation conversation;
        private final PlannedRequest request;
        private final boolean warmUp;
        private final long intendedNanos;
        private final String id;
        private final AnswerAssembly answer;
        private final StringBuilder text = new StringBuilder();
        private Transport.@Nullable Call call;
        private EventLoop.@Nullable Timer timeout;
        private long sentNanos = RequestRecord.NEVER;
        private @Nullable Outcome outcome;

        private Exchange(
                Conversation conversation, PlannedRequest request, String id, boolean warmUp, long intendedNanos) {
            this.conversation = conversation;
            this.request = request;
            this.id = id;
            this.warmUp = warmUp;
            this.intendedNanos = intendedNanos;
            boolean keepsText = conversation.turns.size() > 1;
            this.answer = new AnswerAssembly(bodies.stream(), keepsText ? text::append : piece -> {}, monitor);
        }

        private void send() {
            running.add(this);
            lastStartNanos = loop.nanoTime();
            timeout = loop.runAt(
                    loop.nanoTime() + options.timeoutNanos(),
                    () -> end(Outcome.TIMED_OUT, "client_timeout", loop.nanoTime()));
            call = transport.send(id, bodies.body(request, conversation.history), this);
            if (outcome != null) {
                call.cancel(); // It ended while it was sent.
            }
        }

        @Override
        public void sent(long atNanos) {
            sentNanos = atNanos;
        }

        @Override
        public void head(int status, long atNanos) {
            answer.head(status);
        }

        @Override
        public void data(byte[] bytes, long atNanos) {
            if (outcome != null) {
                return;
            }
            boolean hadTokens = answer.hasTokens();
            answer.data(bytes, atNanos);
            if (!hadTokens && answer.hasTokens()) {
                monitor.firstToken(atNanos - intendedNanos);
            }
            int cancelAfter = request.cancelAfterTokens();
            if (cancelAfter > 0 && answer.tokensSoFar() >= cancelAfter && !answer.complete()) {
                end(Outcome.CANCELLED, null, atNanos);
            }
        }

        @Override
        public void ended(long atNanos) {
            AnswerAssembly.End end = answer.end();
            end(end.outcome(), end.error(), atNanos);
        }

        @Override
        public void failed(Throwable cause, long atNanos) {
            boolean connected = sentNanos != RequestRecord.NEVER;
            end(Outcome.FAILED, connected ? "connection_lost" : "no_connection", atNanos);
        }

        private void end(Outcome how, @Nullable String error, long atNanos) {
            if (outcome != null) {
                return;
            }
            outcome = how;
            running.remove(this);
            if (timeout != null) {
                timeout.cancel();
            }
            boolean leaves = how == Outcome.CANCELLED || how == Outcome.CUT_OFF || "client_timeout".equals(error);
            if (leaves && call != null) {
                call.cancel();
            }
            records.add(answer.record(frame(how, error, atNanos)));
            answer.addTo(tokens);
            if (!warmUp) {
                answer.addGapsTo(interChunk, interToken);
            }
            monitor.ended.increment();
            if (how != Outcome.COMPLETED && how != Outcome.CANCELLED) {
                monitor.failed.increment();
            }
            Exchange next = waiting.poll();
            if (next != null) {
                next.send();
            }
            conversation.ended(this, atNanos);
        }

        private AnswerAssembly.Frame frame(Outcome how, @Nullable String error, long atNanos) {
            return new AnswerAssembly.Frame(id, request, warmUp, how, error, intendedNanos, sentNanos, atNanos);
        }
    }
}
