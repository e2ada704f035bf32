package io.vitrine.grammar.cfg;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** A named part of a grammar. Defined after it is made, so that rules may refer to each other; compared by identity. */
public final class Rule {

    private final String name;
    private @Nullable Expression body;

    public Rule(String name) {
        this.name = name;
    }

    public void define(Expression definition) {
        body = definition;
    }

    Expression body() {
        return Objects.requireNonNull(body, () -> "rule " + name + " has no definition");
    }

    public String name() {
        return name;
    }
}
