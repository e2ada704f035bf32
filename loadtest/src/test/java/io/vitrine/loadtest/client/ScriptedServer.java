package io.vitrine.loadtest.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A server in virtual time that does exactly what its script says, with a number of lanes that bound what runs at once. */
final class ScriptedServer implements Transport {

    static final long MILLI = 1_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<JsonNode> bodies = new ArrayList<>();
    private final VirtualTime time;
    private final Script script;
    private final Deque<Runnable> queue = new ArrayDeque<>();
    private int freeLanes;

    /** Chooses the answer to the index-th request. */
    @FunctionalInterface
    interface Script {

        Answer answer(int index);
    }

    /**
     * An answer.
     *
     * @param atMillis of each event, from the time a lane took the request
     * @param events data of each event
     * @param doneMillis end of the stream
     */
    record Answer(int status, long[] atMillis, List<String> events, long doneMillis) {

        /** Chunks with as many tokens as given, each saying so, then usage and the end. */
        static Answer tokens(long[] atMillis, int[] tokens, long doneMillis) {
            List<String> events = new ArrayList<>();
            int soFar = 0;
            for (int count : tokens) {
                soFar += count;
                events.add("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" w\"},\"finish_reason\":null}],"
                        + usage(soFar) + "}");
            }
            return new Answer(200, atMillis, events, doneMillis);
        }

        /** Chunks that do not say their tokens. */
        static Answer silent(long[] atMillis, int total, long doneMillis) {
            List<String> events = new ArrayList<>();
            for (int index = 0; index < atMillis.length; index++) {
                events.add("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\" w\"}}]}");
            }
            events.add("{\"choices\":[]," + usage(total) + "}");
            long[] times = java.util.Arrays.copyOf(atMillis, atMillis.length + 1);
            times[atMillis.length] = doneMillis;
            return new Answer(200, times, events, doneMillis);
        }

        static Answer refused(int status, long doneMillis) {
            return new Answer(status, new long[0], List.of(), doneMillis);
        }

        private static String usage(int completion) {
            return "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":" + completion
                    + ",\"prompt_tokens_details\":{\"cached_tokens\":0}}";
        }
    }

    ScriptedServer(VirtualTime time, int lanes, Script script) {
        this.time = time;
        this.freeLanes = lanes;
        this.script = script;
    }

    @Override
    public Call send(String requestId, byte[] body, Listener listener) {
        Answer answer = script.answer(bodies.size());
        try {
            bodies.add(JSON.readTree(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        boolean[] gone = new boolean[1];
        listener.sent(time.nanoTime());
        Runnable serve = () -> serve(answer, listener, gone);
        if (freeLanes > 0) {
            freeLanes--;
            serve.run();
        } else {
            queue.add(serve);
        }
        return () -> gone[0] = true;
    }

    private void serve(Answer answer, Listener listener, boolean[] gone) {
        long start = time.nanoTime();
        at(start, gone, () -> listener.head(answer.status(), time.nanoTime()));
        for (int index = 0; index < answer.events().size(); index++) {
            String event = "data: " + answer.events().get(index) + "\n\n";
            at(start + answer.atMillis()[index] * MILLI, gone, () -> data(listener, event));
        }
        time.runAt(start + answer.doneMillis() * MILLI, () -> {
            if (!gone[0]) {
                if (answer.status() == 200) {
                    data(
                            listener,
                            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n");
                }
                listener.ended(time.nanoTime());
            }
            Runnable next = queue.poll();
            if (next == null) {
                freeLanes++;
            } else {
                next.run();
            }
        });
    }

    private void at(long nanos, boolean[] gone, Runnable task) {
        time.runAt(nanos, () -> {
            if (!gone[0]) {
                task.run();
            }
        });
    }

    private void data(Listener listener, String text) {
        listener.data(text.getBytes(StandardCharsets.UTF_8), time.nanoTime());
    }
}
