package io.vitrine.server.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/**
 * Samples added up by their stacks.
 *
 * @param unit of a node's value
 * @param roles how much time each role of threads has, in the whole window
 */
public record FlameGraph(String id, String from, String to, String unit, int samples, List<RoleTime> roles, Node root) {

    /** The time of the threads of a role. */
    public record RoleTime(String role, int samples, double millis) {}

    /**
     * A method, below those that called it.
     *
     * @param value milliseconds, with those of the children
     * @param isNative whether it is machine code that Java calls
     */
    @JsonInclude(Include.NON_EMPTY)
    public record Node(
            String name,
            @JsonInclude double value,
            @JsonInclude boolean isNative,
            List<Node> children) {}

    /** A node that grows. */
    static final class Builder {

        private final String name;
        private final boolean isNative;
        private final Map<String, Builder> children = new HashMap<>();
        private double value;

        Builder(String name, boolean isNative) {
            this.name = name;
            this.isNative = isNative;
        }

        /** Adds a stack, the outermost method first. */
        void add(List<Frame> stack, double millis) {
            Builder node = this;
            node.value += millis;
            for (Frame frame : stack) {
                node = node.children.computeIfAbsent(frame.name(), key -> new Builder(frame.name(), frame.isNative()));
                node.value += millis;
            }
        }

        /**
         * Widest children first.
         *
         * @param least nodes below this value are left out: nobody could see them
         */
        Node build(double least) {
            List<Node> below = new ArrayList<>();
            for (Builder child : children.values()) {
                if (child.value >= least) {
                    below.add(child.build(least));
                }
            }
            below.sort(Comparator.comparingDouble(Node::value).reversed());
            return new Node(name, value, isNative, below);
        }
    }

    /** A method on a stack. */
    record Frame(String name, boolean isNative) {}
}
