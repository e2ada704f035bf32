package io.vitrine.model.text.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ElseIfTag;
import com.hubspot.jinjava.lib.tag.ElseTag;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.lib.tag.IfTag;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.LengthLimitingStringBuilder;

/** {@code if} by Python's truth, which ends at a {@code break} or {@code continue} in it. */
final class PythonIfTag implements Tag {

    private static final long serialVersionUID = 1L;

    @Override
    public String getName() {
        return IfTag.TAG_NAME;
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
        var output = new LengthLimitingStringBuilder(interpreter.getConfig().getMaxOutputSize());
        boolean taken = false;
        boolean rendering = holds(tag, interpreter);
        for (Node node : tag.getChildren()) {
            taken |= rendering;
            if (node instanceof TagNode branch && branch.getName().equals(ElseIfTag.TAG_NAME)) {
                rendering = !taken && holds(branch, interpreter);
            } else if (node instanceof TagNode branch && branch.getName().equals(ElseTag.TAG_NAME)) {
                rendering = !taken;
            } else if (rendering) {
                output.append(node.render(interpreter));
                if (leavesTheLoop(interpreter)) {
                    break;
                }
            }
        }
        return output.toString();
    }

    private static boolean holds(TagNode tag, JinjavaInterpreter interpreter) {
        return PythonValues.truth(interpreter.resolveELExpression(tag.getHelpers(), tag.getLineNumber()));
    }

    private static boolean leavesTheLoop(JinjavaInterpreter interpreter) {
        return interpreter.getContext().get(ForTag.LOOP) instanceof ForLoop loop && loop.isContinued();
    }
}
