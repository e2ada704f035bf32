package io.vitrine.model.text.jinja;

import java.util.List;

import com.hubspot.jinjava.util.ForLoop;

/** The variable {@code loop}. It is jinjava's own, so that its tags {@code break} and {@code continue} find it. */
final class PythonLoop extends ForLoop {

    private final List<Object> elements;

    PythonLoop(List<Object> elements) {
        super(elements.iterator(), elements.size());
        this.elements = elements;
    }

    Object attribute(String name) {
        int index = getIndex0();
        return switch (name) {
            case "index" -> index + 1;
            case "index0" -> index;
            case "revindex" -> elements.size() - index;
            case "revindex0" -> elements.size() - index - 1;
            case "first" -> index == 0;
            case "last" -> index == elements.size() - 1;
            case "length" -> elements.size();
            case "previtem" -> index > 0 ? elements.get(index - 1) : new Undefined("loop.previtem");
            case "nextitem" -> index + 1 < elements.size() ? elements.get(index + 1) : new Undefined("loop.nextitem");
            default -> new Undefined("loop." + name);
        };
    }
}
