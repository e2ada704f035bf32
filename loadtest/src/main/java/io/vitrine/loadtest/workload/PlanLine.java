package io.vitrine.loadtest.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;

/** A planned request as JSON; a trace reader reads it again. */
final class PlanLine {

    private PlanLine() {}

    /** @param at intended nanoseconds from the start, or {@code null}; later turns have none */
    static String of(PlannedRequest request, String at) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.putRawValue("at_nanos", new RawValue(request.turn() == 0 ? at : "null"));
        line.put("conversation", request.conversation());
        line.put("turn", request.turn());
        line.put("output_tokens", request.outputTokens());
        line.put("cancel_after_tokens", request.cancelAfterTokens());
        if (request.prompt() instanceof Prompt.Blocks prompt) {
            ArrayNode blocks = line.putArray("blocks");
            prompt.blocks().forEach(block -> blocks.addObject()
                    .put("id", Long.toHexString(block.id()))
                    .put("tokens", block.tokens())
                    .put("shared", block.shared()));
        } else {
            line.put("prompt", request.prompt().text());
        }
        return line.toString();
    }
}
